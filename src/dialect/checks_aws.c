/* checks_aws.c: Amazon's two operations as one table, and the errors that botocore reads (restJson1: the exception's name as
 * `__type`, beside `message`). `reason` is our own code; a member `code` would be read as the exception's name. */
#include "dialect/bedrock.h"
#include "dialect/checks.h"

static bawn_operation route(bawn_slice method, bawn_slice raw_uri, bawn_slice *rest)
{
    static const bawn_check_route routes[] = { { "/guardrail-checks/invoke", BAWN_OP_GUARDRAIL_CHECKS } };

    *rest = BAWN_NIL;
    if (bawn_checks_apply_route(method, raw_uri))
        return BAWN_OP_APPLY_GUARDRAIL;
    return bawn_checks_route(routes, BAWN_COUNT(routes), method, raw_uri);
}

static bool request(bawn_conversation *out, bawn_operation op, const bawn_json *j, bawn_arena *arena, bawn_error *err)
{
    return op == BAWN_OP_APPLY_GUARDRAIL ? bawn_checks_apply_request(out, j, arena, err)
                                         : bawn_checks_invoke_request(out, j, arena, err);
}

static bool report(bawn_buf *b, bawn_operation op, const bawn_report *r, bawn_arena *arena)
{
    return op == BAWN_OP_APPLY_GUARDRAIL ? bawn_checks_apply_report(b, r, arena) : bawn_checks_invoke_report(b, r);
}

const bawn_dialect bawn_dialect_guardrail = {
    .name = "guardrail",
    .routes = "POST /guardrail/{name}/version/{version}/apply and /guardrail-checks/invoke",
    .family = "/guardrail",
    .route = route,
    .operation_name = bawn_checks_operation_name,
    .request = request,
    .error = bawn_bedrock_error,
    .error_type = bawn_bedrock_error_type,
    .report = report,
    .guardrail_of = bawn_checks_guardrail_of,
    .next = &bawn_checks_litellm,
};
