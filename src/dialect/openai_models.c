/* openai_models.c: the answer of GET /v1/models where Bawn gives it itself. When a model was made is not known; the SDKs
 * want a number, and 0 is what servers say that do not know. */
#include "dialect/openai.h"

bool bawn_openai_models(bawn_buf *b, const bawn_listed_model *models, size_t n)
{
    size_t start = b->len;

    bawn_buf_str(b, "{\"object\":\"list\",\"data\":[");
    for (size_t i = 0; i < n; i++) {
        bawn_buf_str(b, i ? ",{\"id\":" : "{\"id\":");
        bawn_json_write_string(b, models[i].id);
        bawn_buf_str(b, ",\"object\":\"model\",\"created\":0,\"owned_by\":");
        bawn_json_write_string(b, models[i].owner);
        bawn_buf_byte(b, '}');
    }
    bawn_buf_str(b, "]}");
    return bawn_buf_whole(b, start);
}
