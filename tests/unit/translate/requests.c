/* Requests, pair by pair: what one API says in the words of another, and what is refused because it would be lost. */
#include "help.h"

typedef struct { const bawn_dialect *client, *upstream; const char *body, *expected; } row;

#define ASK(rest) "{'model':'m','messages':[{'role':'user','content':'hi'}]" rest "}"
#define SAY(messages) "{'model':'m','max_tokens':9,'messages':[" messages "]}"
#define HI "{'role':'user','content':'hi'}"
#define TO_ANTHROPIC(rest) "/v1/messages {'model':'m','messages':[" HI "]" rest "}"
#define TO_OPENAI(messages, rest) "/chat/completions {'model':'m','messages':[" messages "]" rest "}"

static void check(const row *rows, size_t n)
{
    bawn_buf out = { 0 };

    for (size_t i = 0; i < n; i++) {
        bawn_translate_pair p = pair_of(rows[i].client, rows[i].upstream);
        request_translated(&out, &p, rows[i].body);
        assert_text(&out, rows[i].expected, rows[i].body);
    }
    bawn_buf_free(&out);
}

static void openai_asks_anthropic(void **state)
{
    static const row rows[] = {
        { OPENAI, ANTHROPIC, ASK(""), TO_ANTHROPIC(",'max_tokens':4096") },
        { OPENAI, ANTHROPIC, ASK(",'max_tokens':5,'temperature':1.0,'top_p':0.3,'top_k':4,'stop':['a','b'],'user':'u','stream':true"),
          TO_ANTHROPIC(",'max_tokens':5,'temperature':1.0,'top_p':0.3,'top_k':4,'stop_sequences':['a','b'],'metadata':{'user_id':'u'},'stream':true") },
        { OPENAI, ANTHROPIC, ASK(",'max_completion_tokens':5,'stop':'a','n':1,'logprobs':false,'seed':null,'metadata':{'a':'b'},'tools':[],"
                                 "'stream_options':{'include_usage':true},'store':false,'frequency_penalty':0"),
          TO_ANTHROPIC(",'max_tokens':5,'stop_sequences':['a']") },
        { OPENAI, ANTHROPIC, "{'model':'m','messages':[{'role':'system','content':'a'},{'role':'developer','content':[{'type':'text','text':'b'}]}," HI "]}",
          "/v1/messages {'model':'m','system':[{'type':'text','text':'a'},{'type':'text','text':'b'}],'messages':[" HI "],'max_tokens':4096}" },
        { OPENAI, ANTHROPIC, "{'model':'m','messages':[" HI ",{'role':'assistant','content':'t\\u00e9','tool_calls':[{'id':'c1','type':'function','function':"
          "{'name':'f','arguments':'{\\'a\\':\\'b\\'}'}}]},{'role':'tool','tool_call_id':'c1','content':'r'},{'role':'tool','tool_call_id':'c2','content':[]},"
          "{'role':'user','content':[{'type':'text','text':'see'},{'type':'image_url','image_url':{'url':'data:image/png;base64,AA==','detail':'auto'}},"
          "{'type':'image_url','image_url':{'url':'https://x.example/a.png'}}]}]}",
          "/v1/messages {'model':'m','messages':[" HI ",{'role':'assistant','content':[{'type':'text','text':'t\\u00e9'},{'type':'tool_use','id':'c1','name':'f',"
          "'input':{'a':'b'}}]},{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1','content':'r'},{'type':'tool_result','tool_use_id':'c2','content':[]}]},"
          "{'role':'user','content':[{'type':'text','text':'see'},{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AA=='}},"
          "{'type':'image','source':{'type':'url','url':'https://x.example/a.png'}}]}],'max_tokens':4096}" },
        { OPENAI, ANTHROPIC, ASK(",'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'},'strict':true}}],"
                                 "'tool_choice':{'type':'function','function':{'name':'f'}},'parallel_tool_calls':true"),
          TO_ANTHROPIC(",'tools':[{'name':'f','description':'d','input_schema':{'type':'object'},'strict':true}],'tool_choice':{'type':'tool','name':'f'},'max_tokens':4096") },
        { OPENAI, ANTHROPIC, ASK(",'tools':[{'type':'function','function':{'name':'f'}}],'parallel_tool_calls':false"),
          TO_ANTHROPIC(",'tools':[{'name':'f','input_schema':{'type':'object','properties':{}}}],'tool_choice':{'type':'auto','disable_parallel_tool_use':true},'max_tokens':4096") },
        { OPENAI, ANTHROPIC, ASK(",'response_format':{'type':'json_schema','json_schema':{'name':'x','strict':true,'schema':{'type':'object'}}}"),
          TO_ANTHROPIC(",'max_tokens':4096,'output_config':{'format':{'type':'json_schema','schema':{'type':'object'}}}") },
    };

    (void)state;
    check(rows, BAWN_COUNT(rows));
}

static void anthropic_asks_openai(void **state)
{
    static const row rows[] = {
        { ANTHROPIC, OPENAI, SAY(HI), TO_OPENAI(HI, ",'max_tokens':9") },
        { ANTHROPIC, OPENAI, "{'model':'m','max_tokens':9,'system':'s','stream':true,'temperature':0.2,'top_p':1,'stop_sequences':['a'],'metadata':{'user_id':'u'},"
          "'thinking':{'type':'disabled'},'service_tier':'auto','cache_control':{'type':'ephemeral'},'messages':[" HI "]}",
          TO_OPENAI("{'role':'system','content':'s'}," HI, ",'max_tokens':9,'temperature':0.2,'top_p':1,'stop':['a'],'user':'u','stream':true,'stream_options':{'include_usage':true}") },
        { ANTHROPIC, OPENAI, "{'model':'m','max_tokens':9,'system':[{'type':'text','text':'a','cache_control':{'type':'ephemeral'}},{'type':'text','text':'b'}],'messages':[" HI "]}",
          TO_OPENAI("{'role':'system','content':[{'type':'text','text':'a'},{'type':'text','text':'b'}]}," HI, ",'max_tokens':9") },
        { ANTHROPIC, OPENAI, SAY(HI ",{'role':'assistant','content':[{'type':'thinking','thinking':'hm','signature':''},{'type':'text','text':'t','citations':null},"
          "{'type':'tool_use','id':'c1','name':'f','input':{'a': 1},'caller':{'type':'direct'}},{'type':'tool_use','id':'c2','name':'g','input':{}}]},"
          "{'role':'user','content':[{'type':'tool_result','tool_use_id':'c1','content':'r'},{'type':'tool_result','tool_use_id':'c2','is_error':true,'content':[{'type':'text','text':'e'}]},"
          "{'type':'text','text':'go'},{'type':'image','source':{'type':'base64','media_type':'image/png','data':'AA=='}}]}"),
          TO_OPENAI(HI ",{'role':'assistant','reasoning_content':'hm','content':'t','tool_calls':[{'id':'c1','type':'function','function':{'name':'f','arguments':'{\\'a\\': 1}'}},"
          "{'id':'c2','type':'function','function':{'name':'g','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c1','content':'r'},"
          "{'role':'tool','tool_call_id':'c2','content':'Error: e'},{'role':'user','content':[{'type':'text','text':'go'},"
          "{'type':'image_url','image_url':{'url':'data:image/png;base64,AA=='}}]}", ",'max_tokens':9") },
        { ANTHROPIC, OPENAI, "{'model':'m','max_tokens':9,'messages':[" HI "],'tools':[{'name':'f','description':'d','input_schema':{'type':'object'}}],"
          "'tool_choice':{'type':'any','disable_parallel_tool_use':true},'output_config':{'format':{'type':'json_schema','schema':{'a':1}}}}",
          TO_OPENAI(HI, ",'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'}}}],'tool_choice':'required',"
          "'parallel_tool_calls':false,'max_tokens':9,'response_format':{'type':'json_schema','json_schema':{'name':'answer','strict':true,'schema':{'a':1}}}") },
    };

    (void)state;
    check(rows, BAWN_COUNT(rows));
}

#define CONVERSE "{'system':[{'text':'s'},{'guardContent':{'text':{'text':'g','qualifiers':['query']}}},{'cachePoint':{'type':'default'}}],'messages':[" \
    "{'role':'user','content':[{'text':'hi'},{'image':{'format':'jpeg','source':{'bytes':'AA=='}}}]},{'role':'assistant','content':[{'toolUse':{'toolUseId':'t1','name':'f'," \
    "'input':{'a':1}}}]},{'role':'user','content':[{'toolResult':{'toolUseId':'t1','status':'error','content':[{'json':{'b':'c'}}]}}]}]," \
    "'inferenceConfig':{'maxTokens':5,'temperature':0.1,'topP':0.5,'stopSequences':['q']},'requestMetadata':{'a':'b'}," \
    "'toolConfig':{'tools':[{'toolSpec':{'name':'f','description':'d','inputSchema':{'json':{'type':'object'}}}}],'toolChoice':{'tool':{'name':'f'}}}," \
    "'outputConfig':{'textFormat':{'type':'json_schema','structure':{'jsonSchema':{'name':'n','schema':'{\\'x\\':1}'}}}}}"

static void converse_asks_both(void **state)
{
    static const row rows[] = {
        { BEDROCK, OPENAI, CONVERSE, "/chat/completions {'model':'asked','messages':[{'role':'system','content':[{'type':'text','text':'s'},{'type':'text','text':'g'}]},"
          "{'role':'user','content':[{'type':'text','text':'hi'},{'type':'image_url','image_url':{'url':'data:image/jpeg;base64,AA=='}}]},"
          "{'role':'assistant','content':null,'tool_calls':[{'id':'t1','type':'function','function':{'name':'f','arguments':'{\\'a\\':1}'}}]},"
          "{'role':'tool','tool_call_id':'t1','content':'Error: {\\'b\\':\\'c\\'}'}],'tools':[{'type':'function','function':{'name':'f','description':'d','parameters':{'type':'object'}}}],"
          "'tool_choice':{'type':'function','function':{'name':'f'}},'max_tokens':5,'temperature':0.1,'top_p':0.5,'stop':['q'],"
          "'response_format':{'type':'json_schema','json_schema':{'name':'answer','strict':true,'schema':{'x':1}}}}" },
        { BEDROCK, ANTHROPIC, CONVERSE, "/v1/messages {'model':'asked','system':[{'type':'text','text':'s'},{'type':'text','text':'g'}],'messages':["
          "{'role':'user','content':[{'type':'text','text':'hi'},{'type':'image','source':{'type':'base64','media_type':'image/jpeg','data':'AA=='}}]},"
          "{'role':'assistant','content':[{'type':'tool_use','id':'t1','name':'f','input':{'a':1}}]},"
          "{'role':'user','content':[{'type':'tool_result','tool_use_id':'t1','content':[{'type':'text','text':'{\\'b\\':\\'c\\'}'}],'is_error':true}]}],"
          "'tools':[{'name':'f','description':'d','input_schema':{'type':'object'}}],'tool_choice':{'type':'tool','name':'f'},'max_tokens':5,'temperature':0.1,'top_p':0.5,"
          "'stop_sequences':['q'],'output_config':{'format':{'type':'json_schema','schema':{'x':1}}}}" },
        { BEDROCK, ANTHROPIC, "{'messages':[{'role':'assistant','content':[{'reasoningContent':{'reasoningText':{'text':'hm','signature':'S'}}}]}]}",
          "/v1/messages {'model':'asked','messages':[{'role':'assistant','content':[{'type':'thinking','thinking':'hm','signature':'S'}]}],'max_tokens':4096}" },
    };

    (void)state;
    check(rows, BAWN_COUNT(rows));
}

static void what_would_be_lost_is_refused_by_name(void **state)
{
    static const row rows[] = {
        { OPENAI, ANTHROPIC, ASK(",'temperature':1.1"), "refused: temperature" },
        { OPENAI, ANTHROPIC, ASK(",'n':2"), "refused: n" },
        { OPENAI, ANTHROPIC, ASK(",'seed':1"), "refused: seed" },
        { OPENAI, ANTHROPIC, ASK(",'logprobs':true"), "refused: logprobs" },
        { OPENAI, ANTHROPIC, ASK(",'response_format':{'type':'json_object'}"), "refused: response_format.type" },
        { OPENAI, ANTHROPIC, ASK(",'max_tokens':1,'max_completion_tokens':1"), "refused: max_tokens" },
        { OPENAI, ANTHROPIC, ASK(",'tool_choice':'auto'"), "refused: tool_choice" },
        { OPENAI, ANTHROPIC, ASK(",'nonsense':1"), "refused: nonsense" },
        { OPENAI, ANTHROPIC, ASK(",'messages[].id':1"), "refused: messages[].id" },
        { OPENAI, ANTHROPIC, ASK(",'stream_options':{'x':1}"), "refused: stream_options.x" },
        { OPENAI, ANTHROPIC, SAY(HI ",{'role':'system','content':'late'}"), "refused: messages[1]" },
        { OPENAI, ANTHROPIC, SAY("{'role':'user','name':'u','content':'hi'}"), "refused: messages[0].name" },
        { OPENAI, ANTHROPIC, SAY("{'role':'user','content':'hi','tool_calls':[{'id':'c'}]}"), "refused: messages[0].tool_calls[0].id" },
        { OPENAI, ANTHROPIC, SAY("{'role':'user','content':'hi','tool_call_id':'c'}"), "refused: messages[0].tool_call_id" },
        { OPENAI, ANTHROPIC, SAY("{'role':'user','content':[{'type':'input_audio','input_audio':{'data':'AA=='}}]}"), "refused: messages[0].content[0]" },
        { OPENAI, ANTHROPIC, SAY("{'role':'user','content':[{'type':'image_url','image_url':{'url':'https://x.example','detail':'high'}}]}"),
          "refused: messages[0].content[0].image_url.detail" },
        { OPENAI, ANTHROPIC, SAY("{'role':'user','content':[{'type':'text','text':'a','x':'b'}]}"), "refused: messages[0].content[0].x" },
        { OPENAI, ANTHROPIC, SAY("{'role':'assistant','tool_calls':[{'id':'c','function':{'name':'f','arguments':'['}}]}"),
          "refused: messages[0].tool_calls[0].function.arguments" },
        { OPENAI, ANTHROPIC, SAY("{'role':'assistant','tool_calls':[{'id':'c.1','function':{'name':'f','arguments':'{}'}}]}"), "refused: messages[0].tool_calls[0]" },
        { OPENAI, ANTHROPIC, SAY("{'role':'assistant','content':'a','reasoning_content':'b'}"), "refused: messages[0].reasoning_content" },
        { OPENAI, ANTHROPIC, SAY("{'role':'function','name':'f','content':'b'}"), "refused: messages[0].role" },
        { OPENAI, ANTHROPIC, "{'messages':[" HI "]}", "refused: model" },
        { ANTHROPIC, OPENAI, "{'model':'m','max_tokens':9,'top_k':3,'messages':[" HI "]}", "refused: top_k" },
        { ANTHROPIC, OPENAI, "{'model':'m','max_tokens':9,'thinking':{'type':'enabled','budget_tokens':9},'messages':[" HI "]}", "refused: thinking.type" },
        { ANTHROPIC, OPENAI, "{'model':'m','max_tokens':9,'stop_sequences':['a','b','c','d','e'],'messages':[" HI "]}", "refused: stop_sequences" },
        { ANTHROPIC, OPENAI, "{'model':'m','max_tokens':9,'tools':[{'type':'web_search_20250305','name':'w'}],'messages':[" HI "]}", "refused: tools.0.type" },
        { ANTHROPIC, OPENAI, SAY("{'role':'user','content':[{'type':'document','source':{'type':'text','data':'x'}}]}"), "refused: messages.0.content.0" },
        { ANTHROPIC, OPENAI, SAY("{'role':'assistant','content':[{'type':'thinking','thinking':'x','signature':'S'}]}"), "refused: messages.0.content.0" },
        { ANTHROPIC, OPENAI, SAY("{'role':'assistant','content':[{'type':'tool_use','id':'c','name':'f','input':{}},{'type':'text','text':'x'}]}"), "refused: messages.0.content.1" },
        { ANTHROPIC, OPENAI, SAY("{'role':'user','content':[{'type':'text','text':'x'},{'type':'tool_result','tool_use_id':'c'}]}"), "refused: messages.0.content.1" },
        { ANTHROPIC, OPENAI, SAY("{'role':'assistant','content':[{'type':'text','text':'x','citations':[{'type':'page_location'}]}]}"), "refused: messages.0.content.0.citations" },
        { ANTHROPIC, OPENAI, SAY("{'role':'user','content':[{'type':'tool_result','tool_use_id':'c','content':[{'type':'image','source':{}}]}]}"), "refused: messages.0.content.0.content.0" },
        { BEDROCK, OPENAI, "{'messages':[],'guardrailConfig':{'guardrailIdentifier':'x'}}", "refused: guardrailConfig" },
        { BEDROCK, OPENAI, "{'messages':[],'additionalModelRequestFields':{'top_k':1}}", "refused: additionalModelRequestFields" },
        { BEDROCK, OPENAI, "{'messages':[{'role':'user','content':[{'document':{'name':'d'}}]}]}", "refused: messages.0.content.0.document" },
        { BEDROCK, OPENAI, "{'messages':[{'role':'user','content':[{'text':'a','toolUse':{}}]}]}", "refused: messages.0.content.0" },
        { BEDROCK, OPENAI, "{'messages':[{'role':'user','content':[{'text':'a','cachePoint':{'type':'default'}}]}]}", "refused: messages.0.content.0.text" },
        { BEDROCK, OPENAI, "{'messages':[{'role':'user','content':[{'image':{'format':'png','source':{'s3Location':{'uri':'s3://b/k'}}}}]}]}",
          "refused: messages.0.content.0.image.source.bytes" },
        { BEDROCK, ANTHROPIC, "{'messages':[{'role':'assistant','content':[{'reasoningContent':{'reasoningText':{'text':'hm'}}}]}]}", "refused: messages.0.content.0" },
        { BEDROCK, ANTHROPIC, "{'messages':[],'inferenceConfig':{'temperature':2}}", "refused: inferenceConfig.temperature" },
    };

    (void)state;
    check(rows, BAWN_COUNT(rows));
}

static void other_pairs_and_operations_are_none(void **state)
{
    (void)state;
    assert_false(bawn_translates(OPENAI, ANTHROPIC, BAWN_OP_RESPONSES));
    assert_false(bawn_translates(OPENAI, ANTHROPIC, BAWN_OP_EMBEDDINGS));
    assert_false(bawn_translates(OPENAI, OPENAI, BAWN_OP_CHAT));
    assert_false(bawn_translates(OPENAI, BEDROCK, BAWN_OP_CHAT));
    assert_false(bawn_translates(ANTHROPIC, OPENAI, BAWN_OP_COUNT_TOKENS));
    assert_false(bawn_translates(BEDROCK, ANTHROPIC, BAWN_OP_INVOKE));
    assert_true(bawn_translates(BEDROCK, ANTHROPIC, BAWN_OP_CONVERSE_STREAM));
}

/* With every allocation failing in its turn: the same text, or no memory, and nothing leaks. */
static void without_memory_nothing_is_translated(void **state)
{
    bawn_translate_pair p = pair_of(BEDROCK, ANTHROPIC);
    bawn_buf body = { 0 };
    bool ok = false;

    (void)state;
    quotes_add(&body, CONVERSE);
    for (size_t n = 1; !ok && n < 500; n++) {
        bawn_arena *arena = bawn_arena_new(256, 0);
        bawn_error err = { 0 };
        bawn_translated t;
        bawn_malloc_fail_at = n;
        ok = bawn_translate_request(&t, &p, bawn_buf_slice(&body), arena, &err);
        bawn_malloc_fail_at = 0;
        assert_true(ok || err.code == BAWN_E_NO_MEMORY);
        bawn_arena_free(arena);
    }
    assert_true(ok);
    bawn_buf_free(&body);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(openai_asks_anthropic), cmocka_unit_test(anthropic_asks_openai), cmocka_unit_test(converse_asks_both),
        cmocka_unit_test(what_would_be_lost_is_refused_by_name), cmocka_unit_test(other_pairs_and_operations_are_none),
        cmocka_unit_test(without_memory_nothing_is_translated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
