/* sink.h: where the canonical maker writes: output, map, what was read as leetspeak. Private to the text room. */
#ifndef BAWN_TEXT_SINK_H
#define BAWN_TEXT_SINK_H

#include "text/text.h"

typedef struct {
    bawn_buf *out;                       /* of the feed that runs */
    bawn_text_map *map;
    bool *differs, failed;
    size_t view;                         /* bytes written since the text began */
    size_t expected;                     /* the raw byte that a literal must come from to need no new mark */
    bawn_span *leet;                     /* view spans, rising */
    size_t n_leet, cap_leet;
} bawn_sink;

/* `bytes` as they stand at raw offset `raw`. Failing for want of memory is noted in the sink. */
void bawn_sink_literal(bawn_sink *, bawn_slice bytes, size_t raw);
/* `bytes` for the whole of raw [begin, end); nothing when they are empty. */
void bawn_sink_changed(bawn_sink *, bawn_slice bytes, size_t begin, size_t end);
void bawn_sink_leet(bawn_sink *, size_t begin, size_t end);
bool bawn_sink_is_leet(const bawn_sink *, bawn_span view);
void bawn_sink_reset(bawn_sink *);

#endif
