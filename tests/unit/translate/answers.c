/* Answers, pair by pair: whole ones, whole transcripts of streams, errors, and what a client's API cannot say. */
#include "help.h"

typedef struct { const bawn_dialect *client, *upstream; const char *said, *expected; } row;

/* ---- whole ---------------------------------------------------------------------------------------------------------- */
#define CHAT(message, finish) "{'id':'c-1','object':'chat.completion','created':3,'model':'g','choices':[{'index':0,'message':{'role':'assistant'," message \
    "},'finish_reason':'" finish "'}],'usage':{'prompt_tokens':9,'completion_tokens':7,'total_tokens':16,'prompt_tokens_details':{'cached_tokens':2}}}"
#define MESSAGE(content, stop) "{'id':'m-1','type':'message','role':'assistant','model':'c','content':[" content "],'stop_reason':'" stop \
    "','stop_sequence':null,'usage':{'input_tokens':5,'output_tokens':7,'cache_read_input_tokens':2,'cache_creation_input_tokens':1}}"
#define AS_MESSAGE(content, stop) "{'id':'c-1','type':'message','role':'assistant','model':'g','content':[" content "],'stop_reason':'" stop \
    ",'usage':{'input_tokens':7,'output_tokens':7,'cache_read_input_tokens':2,'cache_creation_input_tokens':0}}"
#define AS_CHAT(message, finish) "{'id':'m-1','object':'chat.completion','created':7,'model':'c','choices':[{'index':0,'message':{'role':'assistant'," message \
    "},'logprobs':null,'finish_reason':'" finish "'}],'usage':{'prompt_tokens':8,'completion_tokens':7,'total_tokens':15,'prompt_tokens_details':{'cached_tokens':2}}}"
#define AS_CONVERSE(content, stop, usage) "{'output':{'message':{'role':'assistant','content':[" content "]}},'stopReason':'" stop "','usage':{" usage "},'metrics':{'latencyMs':0}}"
#define USAGE_OF_CHAT "'inputTokens':7,'outputTokens':7,'totalTokens':16,'cacheReadInputTokens':2,'cacheWriteInputTokens':0"
#define USAGE_OF_MESSAGE "'inputTokens':5,'outputTokens':7,'totalTokens':15,'cacheReadInputTokens':2,'cacheWriteInputTokens':1"
#define CALL "'tool_calls':[{'id':'t','type':'function','function':{'name':'f','arguments':'{\\'a\\': [1]}'}}]"

static void whole_answers(void **state)
{
    static const row rows[] = {
        { ANTHROPIC, OPENAI, CHAT("'content':'H\\u00e9','refusal':null,'annotations':[]", "stop"), AS_MESSAGE("{'type':'text','text':'H\\u00e9'}", "end_turn','stop_sequence':null") },
        { ANTHROPIC, OPENAI, CHAT("'content':'Hi'," CALL, "tool_calls"),
          AS_MESSAGE("{'type':'text','text':'Hi'},{'type':'tool_use','id':'t','name':'f','input':{'a': [1]}}", "tool_use','stop_sequence':null") },
        { ANTHROPIC, OPENAI, CHAT("'content':null," CALL, "stop"), AS_MESSAGE("{'type':'tool_use','id':'t','name':'f','input':{'a': [1]}}", "tool_use','stop_sequence':null") },
        { ANTHROPIC, OPENAI, CHAT("'content':null,'refusal':'No.'", "stop"), AS_MESSAGE("{'type':'text','text':'No.'}", "refusal','stop_sequence':null") },
        { ANTHROPIC, OPENAI, CHAT("'content':'a','reasoning_content':'hm'", "length"),
          AS_MESSAGE("{'type':'thinking','thinking':'hm','signature':''},{'type':'text','text':'a'}", "max_tokens','stop_sequence':null") },
        { ANTHROPIC, OPENAI, CHAT("'content':''", "content_filter"), AS_MESSAGE("", "refusal','stop_sequence':null") },
        { ANTHROPIC, OPENAI, CHAT("'content':'a'", "stop','stop_reason':'END"), AS_MESSAGE("{'type':'text','text':'a'}", "stop_sequence','stop_sequence':'END'") },
        { OPENAI, ANTHROPIC, MESSAGE("{'type':'text','text':'a'},{'type':'text','text':'b','citations':[]}", "end_turn"), AS_CHAT("'content':'ab','refusal':null", "stop") },
        { OPENAI, ANTHROPIC, MESSAGE("{'type':'thinking','thinking':'hm','signature':'S'},{'type':'tool_use','id':'t','name':'f','input':{'a': [1]}}", "tool_use"),
          AS_CHAT("'reasoning_content':'hm','content':null,'refusal':null," CALL, "tool_calls") },
        { OPENAI, ANTHROPIC, MESSAGE("", "refusal"), AS_CHAT("'content':null,'refusal':null", "content_filter") },
        { OPENAI, ANTHROPIC, MESSAGE("", "model_context_window_exceeded"), AS_CHAT("'content':null,'refusal':null", "length") },
        { BEDROCK, OPENAI, CHAT("'content':'Hi','reasoning':'hm'," CALL, "tool_calls"),
          AS_CONVERSE("{'reasoningContent':{'reasoningText':{'text':'hm'}}},{'text':'Hi'},{'toolUse':{'toolUseId':'t','name':'f','input':{'a': [1]}}}", "tool_use", USAGE_OF_CHAT) },
        { BEDROCK, ANTHROPIC, MESSAGE("{'type':'thinking','thinking':'hm','signature':'S'},{'type':'text','text':'a'},{'type':'tool_use','id':'t','name':'f','input':{}}", "max_tokens"),
          AS_CONVERSE("{'reasoningContent':{'reasoningText':{'text':'hm','signature':'S'}}},{'text':'a'},{'toolUse':{'toolUseId':'t','name':'f','input':{}}}", "max_tokens", USAGE_OF_MESSAGE) },
        { BEDROCK, ANTHROPIC, MESSAGE("", "refusal"), AS_CONVERSE("", "content_filtered", USAGE_OF_MESSAGE) },
        /* said by nobody: ids and models of the exchange */
        { ANTHROPIC, OPENAI, "{'choices':[{'message':{'content':'a'},'finish_reason':'stop'}]}",
          "{'id':'id-1','type':'message','role':'assistant','model':'asked','content':[{'type':'text','text':'a'}],'stop_reason':'end_turn','stop_sequence':null,"
          "'usage':{'input_tokens':0,'output_tokens':0,'cache_read_input_tokens':0,'cache_creation_input_tokens':0}}" },
    };
    bawn_buf out = { 0 };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_translate_pair p = pair_of(rows[i].client, rows[i].upstream);
        answer_translated(&out, &p, rows[i].said);
        assert_text(&out, rows[i].expected, rows[i].said);
    }
    bawn_buf_free(&out);
}

static void what_the_client_cannot_be_told_is_an_invalid_answer(void **state)
{
    static const row rows[] = {
        { ANTHROPIC, OPENAI, "[]", "" },
        { ANTHROPIC, OPENAI, "{", "" },
        { ANTHROPIC, OPENAI, "{'choices':[]}", "" },
        { ANTHROPIC, OPENAI, "{'choices':[1]}", "" },
        { ANTHROPIC, OPENAI, "{'choices':[{'index':0,'message':{},'finish_reason':'stop'},{'index':1,'message':{},'finish_reason':'stop'}]}", "" },
        { ANTHROPIC, OPENAI, CHAT("'content':'a'", "nonsense"), "" },
        { ANTHROPIC, OPENAI, CHAT("'content':[{'type':'text','text':'a'}]", "stop"), "" },
        { ANTHROPIC, OPENAI, CHAT("'content':'a','audio':{'id':'x'}", "stop"), "" },
        { ANTHROPIC, OPENAI, CHAT("'content':'a','annotations':[{'type':'url_citation'}]", "stop"), "" },
        { ANTHROPIC, OPENAI, CHAT("'content':null,'function_call':{'name':'f','arguments':'{}'}", "function_call"), "" },
        { ANTHROPIC, OPENAI, CHAT("'tool_calls':[{'id':'t','function':{'name':'f','arguments':'not json'}}]", "tool_calls"), "" },
        { ANTHROPIC, OPENAI, CHAT("'tool_calls':[{'id':'t','function':{'name':'f','arguments':'[]'}}]", "tool_calls"), "" },
        { ANTHROPIC, OPENAI, CHAT("'tool_calls':[{'function':{'name':'f','arguments':'{}'}}]", "tool_calls"), "" },
        { OPENAI, ANTHROPIC, MESSAGE("", "pause_turn"), "" },
        { OPENAI, ANTHROPIC, MESSAGE("{'type':'redacted_thinking','data':'x'}", "end_turn"), "" },
        { OPENAI, ANTHROPIC, MESSAGE("{'type':'server_tool_use','id':'x','name':'web_search','input':{}}", "end_turn"), "" },
        { OPENAI, ANTHROPIC, MESSAGE("{'type':'text','text':'a','citations':[{'type':'page_location'}]}", "end_turn"), "" },
        { OPENAI, ANTHROPIC, "{'content':[{'type':'text','text':'a'}],'stop_reason':null}", "" },
        { BEDROCK, ANTHROPIC, "{'type':'error','error':{'type':'api_error','message':'x'}}", "" },
    };
    bawn_buf out = { 0 };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_translate_pair p = pair_of(rows[i].client, rows[i].upstream);
        answer_translated(&out, &p, rows[i].said);
        assert_text(&out, "invalid", rows[i].said);
    }
    bawn_buf_free(&out);
}

/* ---- streams ---------------------------------------------------------------------------------------------------------- */
#define CHUNK(rest) "{'id':'c-1','object':'chat.completion.chunk','created':3,'model':'g','choices':[" rest "]}\n"
#define DELTA(delta) CHUNK("{'index':0,'delta':{" delta "},'finish_reason':null}")
#define FINISH(reason) CHUNK("{'index':0,'delta':{},'finish_reason':'" reason "'}")
#define COUNTS "{'id':'c-1','choices':[],'usage':{'prompt_tokens':9,'completion_tokens':7}}\n"
#define OPENAI_STREAM DELTA("'role':'assistant','content':''") DELTA("'content':'Hé'") DELTA("'content':'\\n'") \
    DELTA("'tool_calls':[{'index':0,'id':'t1','type':'function','function':{'name':'f','arguments':''}}]") \
    DELTA("'tool_calls':[{'index':0,'function':{'arguments':'{\\'a\\':'}}]") DELTA("'tool_calls':[{'index':0,'function':{'arguments':' 1}'}}]") \
    DELTA("'tool_calls':[{'index':1,'id':'t2','type':'function','function':{'name':'g','arguments':''}}]") FINISH("tool_calls") COUNTS

static const char as_messages[] =
    "message_start {'type':'message_start','message':{'id':'c-1','type':'message','role':'assistant','model':'g','content':[],'stop_reason':null,'stop_sequence':null,"
        "'usage':{'input_tokens':0,'output_tokens':0,'cache_read_input_tokens':0,'cache_creation_input_tokens':0}}}\n"
    "content_block_start {'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}\n"
    "content_block_delta {'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'Hé'}}\n"
    "content_block_delta {'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'\\n'}}\n"
    "content_block_stop {'type':'content_block_stop','index':0}\n"
    "content_block_start {'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'t1','name':'f','input':{}}}\n"
    "content_block_delta {'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'{\\'a\\':'}}\n"
    "content_block_delta {'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':' 1}'}}\n"
    "content_block_stop {'type':'content_block_stop','index':1}\n"
    "content_block_start {'type':'content_block_start','index':2,'content_block':{'type':'tool_use','id':'t2','name':'g','input':{}}}\n"
    "content_block_delta {'type':'content_block_delta','index':2,'delta':{'type':'input_json_delta','partial_json':'{}'}}\n"
    "content_block_stop {'type':'content_block_stop','index':2}\n"
    "message_delta {'type':'message_delta','delta':{'stop_reason':'tool_use','stop_sequence':null},"
        "'usage':{'input_tokens':9,'output_tokens':7,'cache_read_input_tokens':0,'cache_creation_input_tokens':0}}\n"
    "message_stop {'type':'message_stop'}\n";
static const char as_converse[] =
    "messageStart {'role':'assistant'}\n"
    "contentBlockDelta {'contentBlockIndex':0,'delta':{'text':'Hé'}}\n"
    "contentBlockDelta {'contentBlockIndex':0,'delta':{'text':'\\n'}}\n"
    "contentBlockStop {'contentBlockIndex':0}\n"
    "contentBlockStart {'contentBlockIndex':1,'start':{'toolUse':{'toolUseId':'t1','name':'f'}}}\n"
    "contentBlockDelta {'contentBlockIndex':1,'delta':{'toolUse':{'input':'{\\'a\\':'}}}\n"
    "contentBlockDelta {'contentBlockIndex':1,'delta':{'toolUse':{'input':' 1}'}}}\n"
    "contentBlockStop {'contentBlockIndex':1}\n"
    "contentBlockStart {'contentBlockIndex':2,'start':{'toolUse':{'toolUseId':'t2','name':'g'}}}\n"
    "contentBlockDelta {'contentBlockIndex':2,'delta':{'toolUse':{'input':'{}'}}}\n"
    "contentBlockStop {'contentBlockIndex':2}\n"
    "messageStop {'stopReason':'tool_use'}\n"
    "metadata {'usage':{'inputTokens':9,'outputTokens':7,'totalTokens':16,'cacheReadInputTokens':0,'cacheWriteInputTokens':0},'metrics':{'latencyMs':0}}\n";

#define MESSAGES_BEGIN "{'type':'message_start','message':{'id':'m-1','model':'c','content':[],'usage':{'input_tokens':5,'output_tokens':1}}}\n{'type':'ping'}\n"
#define TEXT_BLOCK "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}\n" \
    "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'Hé'}}\n{'type':'content_block_stop','index':0}\n"
#define CALL_BLOCK "{'type':'content_block_start','index':1,'content_block':{'type':'tool_use','id':'t1','name':'f','input':{}}}\n" \
    "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':''}}\n" \
    "{'type':'content_block_delta','index':1,'delta':{'type':'input_json_delta','partial_json':'{\\'a\\':1}'}}\n{'type':'content_block_stop','index':1}\n"
#define MESSAGES_FINISH(reason) "{'type':'message_delta','delta':{'stop_reason':'" reason "','stop_sequence':null},'usage':{'output_tokens':7}}\n"
#define MESSAGES_END MESSAGES_FINISH("tool_use") "{'type':'message_stop'}\n"
#define C(delta) " {'id':'m-1','object':'chat.completion.chunk','created':7,'model':'c','choices':[{'index':0,'delta':{" delta "},'logprobs':null,'finish_reason':null}]}\n"
static const char as_chunks[] =
    C("'role':'assistant','content':'','refusal':null") C("'content':'Hé'")
    C("'tool_calls':[{'index':0,'id':'t1','type':'function','function':{'name':'f','arguments':''}}]")
    C("'tool_calls':[{'index':0,'function':{'arguments':'{\\'a\\':1}'}}]")
    " {'id':'m-1','object':'chat.completion.chunk','created':7,'model':'c','choices':[{'index':0,'delta':{},'logprobs':null,'finish_reason':'tool_calls'}]}\n"
    " {'id':'m-1','object':'chat.completion.chunk','created':7,'model':'c','choices':[],'usage':{'prompt_tokens':5,'completion_tokens':7,'total_tokens':12,'prompt_tokens_details':{'cached_tokens':0}}}\n"
    " [DONE]\n";

static void check_stream(const bawn_dialect *client, const bawn_dialect *upstream, const char *events, const char *expected)
{
    bawn_translate_pair p = pair_of(client, upstream);
    bawn_buf out = { 0 };

    stream_translated(&out, &p, events);
    assert_text(&out, expected, events);
    bawn_buf_free(&out);
}

static void whole_streams(void **state)
{
    (void)state;
    check_stream(ANTHROPIC, OPENAI, OPENAI_STREAM "[DONE]\n", as_messages);
    check_stream(ANTHROPIC, OPENAI, OPENAI_STREAM, as_messages);                    /* servers that never say so */
    check_stream(BEDROCK, OPENAI, OPENAI_STREAM "[DONE]\n", as_converse);
    check_stream(OPENAI, ANTHROPIC, MESSAGES_BEGIN TEXT_BLOCK CALL_BLOCK MESSAGES_END, as_chunks);
    check_stream(BEDROCK, ANTHROPIC, MESSAGES_BEGIN "{'type':'content_block_start','index':0,'content_block':{'type':'thinking','thinking':'','signature':''}}\n"
                 "{'type':'content_block_delta','index':0,'delta':{'type':'thinking_delta','thinking':'hm'}}\n"
                 "{'type':'content_block_delta','index':0,'delta':{'type':'signature_delta','signature':'S'}}\n{'type':'content_block_stop','index':0}\n"
                 MESSAGES_FINISH("end_turn") "{'type':'message_stop'}\n",
                 "messageStart {'role':'assistant'}\ncontentBlockDelta {'contentBlockIndex':0,'delta':{'reasoningContent':{'text':'hm'}}}\n"
                 "contentBlockDelta {'contentBlockIndex':0,'delta':{'reasoningContent':{'signature':'S'}}}\ncontentBlockStop {'contentBlockIndex':0}\n"
                 "messageStop {'stopReason':'end_turn'}\nmetadata {'usage':{'inputTokens':5,'outputTokens':7,'totalTokens':12,'cacheReadInputTokens':0,'cacheWriteInputTokens':0},"
                 "'metrics':{'latencyMs':0}}\n");
}

static void counts_come_only_to_whom_they_were_promised(void **state)
{
    bawn_translate_pair p = pair_of(OPENAI, ANTHROPIC);
    bawn_buf out = { 0 };

    (void)state;
    p.include_usage = false;
    stream_translated(&out, &p, MESSAGES_BEGIN MESSAGES_END);
    assert_true(bawn_slice_find(bawn_buf_slice(&out), BAWN_LIT("usage")) == out.len);
    assert_true(bawn_slice_ends(bawn_buf_slice(&out), BAWN_LIT("[DONE]\n")));
    bawn_buf_free(&out);
}

/* The last line that is emitted. */
static void ends_with(const bawn_dialect *client, const bawn_dialect *upstream, const char *events, const char *end)
{
    bawn_translate_pair p = pair_of(client, upstream);
    bawn_buf out = { 0 }, wanted = { 0 };

    stream_translated(&out, &p, events);
    quotes_add(&wanted, end);
    if (!bawn_slice_ends(bawn_buf_slice(&out), bawn_buf_slice(&wanted)))
        fail_msg("%s\nfound %.*s\nexpected at its end %s", events, (int)out.len, out.ptr, end);
    bawn_buf_free(&out);
    bawn_buf_free(&wanted);
}

static void a_stream_that_breaks_is_no_end(void **state)
{
    static const row rows[] = {
        { ANTHROPIC, OPENAI, "", "" },
        { ANTHROPIC, OPENAI, "[DONE]\n", "" },
        { ANTHROPIC, OPENAI, DELTA("'content':'a'"), "" },
        { ANTHROPIC, OPENAI, DELTA("'content':'a'") "[DONE]\n", "" },
        { ANTHROPIC, OPENAI, DELTA("'content':'a'") FINISH("nonsense"), "" },
        { ANTHROPIC, OPENAI, DELTA("'content':'a'") FINISH("stop") DELTA("'content':'b'"), "" },
        { ANTHROPIC, OPENAI, DELTA("'audio':{'id':'x'}"), "" },
        { ANTHROPIC, OPENAI, DELTA("'tool_calls':[{'index':1,'id':'t','function':{'name':'f'}}]"), "" },
        { ANTHROPIC, OPENAI, DELTA("'tool_calls':[{'index':0,'function':{'name':'f'}}]"), "" },
        { ANTHROPIC, OPENAI, DELTA("'tool_calls':[{'index':0,'id':'t','function':{'name':'f','arguments':'[1]'}}]") FINISH("tool_calls") "[DONE]\n", "" },
        { ANTHROPIC, OPENAI, DELTA("'tool_calls':[{'index':0,'id':'t','function':{'name':'f','arguments':'{'}}]") DELTA("'content':'x'"), "" },
        { ANTHROPIC, OPENAI, CHUNK("{'index':1,'delta':{'content':'x'}}"), "" },
        { ANTHROPIC, OPENAI, "not json\n", "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN TEXT_BLOCK, "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN MESSAGES_FINISH("end_turn"), "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN "{'type':'message_stop'}\n", "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN MESSAGES_BEGIN, "" },
        { OPENAI, ANTHROPIC, TEXT_BLOCK, "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN TEXT_BLOCK TEXT_BLOCK, "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN "{'type':'content_block_delta','index':0,'delta':{'type':'text_delta','text':'x'}}\n", "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN "{'type':'content_block_start','index':0,'content_block':{'type':'server_tool_use','id':'x','name':'w','input':{}}}\n", "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN "{'type':'content_block_start','index':0,'content_block':{'type':'text','text':''}}\n"
          "{'type':'content_block_delta','index':0,'delta':{'type':'citations_delta','citation':{}}}\n", "" },
        { OPENAI, ANTHROPIC, MESSAGES_BEGIN "{'type':'new_event'}\n", "" },
        { BEDROCK, ANTHROPIC, MESSAGES_BEGIN MESSAGES_END "{'type':'ping'}\n", "" },
    };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++)
        ends_with(rows[i].client, rows[i].upstream, rows[i].said, "invalid\n");
}

static void an_error_amid_a_stream_is_the_clients(void **state)
{
    (void)state;
    ends_with(OPENAI, ANTHROPIC, MESSAGES_BEGIN "{'type':'error','error':{'type':'overloaded_error','message':'Busy'}}\n",
              " {'error':{'message':'Busy','type':'overloaded_error','param':null,'code':null}}\n");
    ends_with(ANTHROPIC, OPENAI, DELTA("'content':'a'") "{'error':{'message':'Slow','type':'rate_limit_error'}}\n",
              "error {'type':'error','error':{'type':'rate_limit_error','message':'Slow'}}\n");
    ends_with(BEDROCK, OPENAI, DELTA("'content':'a'") "{'error':{'message':'Slow','type':'rate_limit_error'}}\n", "!throttlingException {'message':'Slow'}\n");
    ends_with(BEDROCK, ANTHROPIC, "{'type':'error','error':{}}\n", "!internalServerException {'message':'The upstream answered with an error.'}\n");
}

/* ---- errors ------------------------------------------------------------------------------------------------------------- */
static void errors_keep_their_message_and_get_the_clients_form(void **state)
{
    static const struct { const bawn_dialect *client, *upstream; int status, becomes; const char *body, *expected; } rows[] = {
        { OPENAI, ANTHROPIC, 429, 429, "{'type':'error','error':{'type':'rate_limit_error','message':'Slow \\u00e9'}}",
          "{'error':{'message':'Slow \\u00e9','type':'rate_limit_error','param':null,'code':null}}" },
        { OPENAI, ANTHROPIC, 529, 503, "{'error':{'message':'x'}}", "{'error':{'message':'x','type':'overloaded_error','param':null,'code':null}}" },
        { ANTHROPIC, OPENAI, 401, 401, "{'error':{'message':'Bad key','code':'invalid_api_key'}}", "{'type':'error','error':{'type':'authentication_error','message':'Bad key'}}" },
        { ANTHROPIC, OPENAI, 404, 404, "{'error':'no such model'}", "{'type':'error','error':{'type':'not_found_error','message':'no such model'}}" },
        { ANTHROPIC, OPENAI, 502, 502, "<html>", "{'type':'error','error':{'type':'api_error','message':'The upstream answered with an error.'}}" },
        { BEDROCK, OPENAI, 400, 400, "{'error':{'message':'Bad'}}", "{'__type':'ValidationException','message':'Bad'}" },
        { BEDROCK, ANTHROPIC, 529, 503, "[]", "{'__type':'ServiceUnavailableException','message':'The upstream answered with an error.'}" },
        { BEDROCK, ANTHROPIC, 418, 400, "", "{'__type':'ValidationException','message':'The upstream answered with an error.'}" },
    };
    bawn_buf out = { 0 }, body = { 0 };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_translate_pair p = pair_of(rows[i].client, rows[i].upstream);
        int status = rows[i].status;
        bawn_buf_clear(&body);
        bawn_buf_clear(&out);
        quotes_add(&body, rows[i].body);
        assert_true(bawn_translate_error(&out, &status, &p, bawn_buf_slice(&body)));
        assert_text(&out, rows[i].expected, rows[i].body);
        assert_int_equal(status, rows[i].becomes);
    }
    bawn_buf_free(&out);
    bawn_buf_free(&body);
}

/* A stream with every allocation failing in its turn: whole, or it fails and says so. */
static void without_memory_a_stream_fails(void **state)
{
    static const struct { const bawn_dialect *client, *upstream; const char *events; } rows[] = {
        { BEDROCK, OPENAI, OPENAI_STREAM "[DONE]\n" }, { OPENAI, ANTHROPIC, MESSAGES_BEGIN TEXT_BLOCK CALL_BLOCK MESSAGES_END } };

    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rows); i++) {
        bawn_translate_pair p = pair_of(rows[i].client, rows[i].upstream);
        bool ok = false;
        for (size_t n = 1; !ok && n < 500; n++) {
            bawn_translation *t = bawn_translation_new(&p);
            const char *at = rows[i].events;
            bawn_error err = { 0 };
            bawn_buf line = { 0 };
            bawn_buf_reserve(&line, 1024);
            bawn_malloc_fail_at = n;
            for (ok = true; ok && *at; at += strcspn(at, "\n") + 1) {
                bawn_buf_clear(&line);
                for (size_t k = 0; at[k] != '\n'; k++)
                    bawn_buf_byte(&line, (char)(at[k] == '\'' ? '"' : at[k]));
                ok = bawn_translation_event(t, bawn_buf_slice(&line), &err);
            }
            bawn_malloc_fail_at = 0;
            assert_true(ok || err.code == BAWN_E_NO_MEMORY);
            bawn_buf_free(&line);
            bawn_translation_free(t);
        }
        assert_true(ok);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_answers), cmocka_unit_test(what_the_client_cannot_be_told_is_an_invalid_answer), cmocka_unit_test(whole_streams),
        cmocka_unit_test(counts_come_only_to_whom_they_were_promised), cmocka_unit_test(a_stream_that_breaks_is_no_end),
        cmocka_unit_test(an_error_amid_a_stream_is_the_clients), cmocka_unit_test(errors_keep_their_message_and_get_the_clients_form),
        cmocka_unit_test(without_memory_a_stream_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
