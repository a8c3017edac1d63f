/* assessment.h: what was found, as Amazon Bedrock's guardrails say it (the shapes GuardrailAssessment, GuardrailUsage and
 * GuardrailCoverage of its runtime API). ApplyGuardrail answers with it; the trace of Converse holds the same. Internal to the room. */
#ifndef BAWN_DIALECT_ASSESSMENT_H
#define BAWN_DIALECT_ASSESSMENT_H

#include "dialect/report.h"

/* Whether a name is of the enum GuardrailPiiEntityType. */
bool bawn_assessment_knows(bawn_slice entity);
/* One GuardrailAssessment, an object. full: filters that found nothing are listed, too. */
void bawn_assessment_write(bawn_buf *, const bawn_report *, bool full);
void bawn_assessment_usage(bawn_buf *, const bawn_report *);         /* GuardrailUsage */
void bawn_assessment_coverage(bawn_buf *, const bawn_report *);      /* GuardrailCoverage */

#endif
