/* policy_keys.c: the policy language, one row a key (RULINGS R19). Validator, JSON Schema, reference page, completion
 * and `explain` are made from these rows, so a key that is not here does not exist. Rows whose room is not built yet
 * stand here too, with the name of that room: using one is an error that says so, and never a silent no. Names of
 * entities (sensitive_information.entities) and of guardrails are checked by the engine, which knows them.
 * A default that depends on the guard stands in the guard's own table (docs/guards); its row here has none.
 * The file is long because the language is; it has no logic. */
#include "engine/entities.h"
#include "guard/leak/leak.h"

#define MAP BAWN_T_MAP
#define LIST BAWN_T_LIST
#define STRING BAWN_T_STRING
#define BOOL BAWN_T_BOOL
#define INT BAWN_T_INT
#define SIZE BAWN_T_SIZE
#define TIME BAWN_T_TIME
#define WORD BAWN_T_WORD
#define SECRET BAWN_T_SECRET
#define REGEX BAWN_T_REGEX
#define WINDOW BAWN_T_WINDOW
#define ANY (MAP | LIST | STRING)

#define KEY(path, types, fallback, doc) { path, types, NULL, fallback, doc, NULL, false, 0, 0, NULL }
#define NEEDED(path, types, doc) { path, types, NULL, NULL, doc, NULL, true, 0, 0, NULL }
#define SOME(path, types, doc) { path, types, NULL, NULL, doc, NULL, true, 1, 0, NULL }         /* needed, and not empty */
#define COUNT(path, least, most, fallback, doc) { path, INT, NULL, fallback, doc, NULL, false, least, most, NULL }
#define CHOICE(path, types, values, fallback, doc) { path, (types) | WORD, values, fallback, doc, NULL, false, 0, 0, NULL }
#define LATER(path, room, doc) { path, ANY, NULL, NULL, doc, room, false, 0, 0, NULL }

#define STRENGTHS "none|low|medium|high"
#define ACTIONS "none|observe|mask|block"
#define LISTED_ACTIONS "observe|mask|block"
#define ENTITY_ACTIONS "none|observe|mask|token|hash|partial|block"

#define TOKEN_PASS "the token pass"
#define IDENTITY "identities and limits"
#define TOOLS "tools"
#define MCP "the MCP dialect"
#define CHECKS "apply_guardrail|guardrail_checks|litellm_guardrail|presidio_analyze|presidio_anonymize|shield_prompt|lakera_guard"
#define STORE "the record's store"
#define WATCH "watch and respond"

static const bawn_key keys[] = {
    { "version", INT, NULL, NULL, "Version of the file format: 1.", NULL, true, 1, 1, NULL },
    KEY("node", STRING, NULL, "Name of this machine in the record; without it the host's name."),

    /* ---- listeners ----------------------------------------------------------------------------------------- */
    KEY("listeners", MAP, "{public: {address: 127.0.0.1:8480}}", "Where Bawn listens, by a name of your choice."),
    KEY("listeners.*", MAP, NULL, "One listener; with `serves` it is for operations, else for clients."),
    KEY("listeners.*.address", STRING, "127.0.0.1:8480", "Address and port; loopback only until there are identities."),
    KEY("listeners.*.dialects", LIST, NULL, "The APIs that clients may speak here; without it those that the upstreams speak, and `guardrail`."),
    CHOICE("listeners.*.dialects[]", 0, "openai|anthropic|bedrock|mcp|guardrail", NULL, "One API; `guardrail` is what Bawn answers "
           "itself: Bedrock's ApplyGuardrail and the APIs of other scanners."),
    LATER("listeners.*.dialects[]=mcp", MCP, "Model Context Protocol."),
    KEY("listeners.*.limits", MAP, NULL, "What one client connection may ask for."),
    KEY("listeners.*.limits.body", SIZE, "4MiB", "Largest request body; a larger one is answered 413."),
    KEY("listeners.*.limits.header_time", TIME, "10s", "Time in which a request's head must have come."),
    KEY("listeners.*.limits.body_time", TIME, "30s", "Longest pause between two pieces of a request's body."),
    COUNT("listeners.*.limits.connections", 1, 65535, "1000", "Requests under way at once; one more is answered 429."),
    KEY("listeners.*.http2", BOOL, "false", "Speak HTTP/2 here and nothing else (cleartext, by prior knowledge): HTTP/1.1 needs a "
        "listener of its own."),
    { "listeners.*.serves", LIST, NULL, NULL, "Makes it a listener for operations: what it answers.", NULL, false, 1, 0, NULL },
    CHOICE("listeners.*.serves[]", 0, "metrics|health|admin", NULL, "`metrics` is /metrics, `health` is /healthz and "
           "/readyz."),
    LATER("listeners.*.serves[]=admin", "the admin API", "The admin API under /bawn/v1/."),
    KEY("listeners.*.trusted_proxies", LIST, NULL, "Proxies whose X-Forwarded-For is believed: who asked, in events, is then the "
        "last address in it that is none of these."),
    KEY("listeners.*.trusted_proxies[]", STRING, NULL, "An address, or a network such as 10.0.0.0/8."),
    KEY("listeners.*.tls", MAP, NULL, "Speak TLS here, and nothing else."),
    KEY("listeners.*.tls.self_signed", BOOL, "false", "With a certificate of its own for localhost, made at start and kept in the state "
        "folder: tls/localhost.pem is what clients trust."),
    KEY("listeners.*.tls.certificate", SECRET, NULL, "The certificate and its chain, file:PATH to PEM."),
    KEY("listeners.*.tls.key", SECRET, NULL, "Its key, file:PATH to PEM."),
    LATER("listeners.*.tls.client_ca", IDENTITY, "Authority of the certificates that clients must have."),

    /* ---- upstreams ------------------------------------------------------------------------------------------- */
    SOME("upstreams", MAP, "The models behind the wall, by a name of your choice; the first that serves a model has it."),
    KEY("upstreams.*", MAP, NULL, "One upstream."),
    { "upstreams.*.dialect", WORD, "openai|anthropic|bedrock", NULL, "The API that the upstream speaks.", NULL, true, 0, 0, NULL },
    { "upstreams.*.url", STRING | LIST, NULL, NULL, "Base URL, such as http://127.0.0.1:9400/v1; a list is balanced over. Names are "
      "looked up at start and reload. Of dialect bedrock it may be left out: that of its region.", NULL, false, 1, 0, NULL },
    KEY("upstreams.*.url[]", STRING, NULL, "One base URL."),
    KEY("upstreams.*.key", SECRET, NULL, "API key that Bawn sends to the upstream."),
    KEY("upstreams.*.forward_key", BOOL, "false", "Pass the client's own key on instead of dropping it."),
    KEY("upstreams.*.models", LIST, "[\"*\"]", "Names of the models it serves; `*` stands for any characters."),
    KEY("upstreams.*.models[]", STRING, NULL, "One name or pattern."),
    KEY("upstreams.*.timeouts", MAP, NULL, "How long Bawn waits for the upstream."),
    KEY("upstreams.*.timeouts.connect", TIME, "2s", "For a connection."),
    KEY("upstreams.*.timeouts.first_byte", TIME, "60s", "For the answer's first byte."),
    KEY("upstreams.*.timeouts.idle", TIME, "120s", "Between two pieces of the answer."),
    KEY("upstreams.*.retry", MAP, NULL, "When to try again; never after a byte of a POST was sent."),
    COUNT("upstreams.*.retry.attempts", 1, 100, "2", "Attempts in all, the first included."),
    KEY("upstreams.*.retry.on", LIST, "[connect]", "Failures after which to try again."),
    CHOICE("upstreams.*.retry.on[]", 0, "connect", NULL, "`connect`: no connection was made."),
    KEY("upstreams.*.tls", MAP, NULL, "For https upstreams whose authority is your own or who ask for a certificate."),
    KEY("upstreams.*.tls.ca", SECRET, NULL, "Certificates of the authorities to trust, PEM; without it the system's."),
    KEY("upstreams.*.tls.certificate", SECRET, NULL, "Bawn's own certificate for mutual TLS, PEM."),
    KEY("upstreams.*.tls.key", SECRET, NULL, "The key of that certificate, PEM."),
    KEY("upstreams.*.region", STRING, NULL, "AWS region of a Bedrock upstream, such as eu-west-1."),
    CHOICE("upstreams.*.credentials", 0, "env", "env", "Who signs requests to AWS: `env` is AWS_ACCESS_KEY_ID, "
           "AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of `bawn serve`. With `key`, a Bedrock API key, nothing is signed."),

    /* ---- routes ---------------------------------------------------------------------------------------------- */
    KEY("routes", LIST, NULL, "Which guardrail for which operation; the first that fits. Without routes all guarded "
        "operations are open."),
    KEY("routes[]", MAP, NULL, "One route."),
    NEEDED("routes[].operations", LIST, "Operations of this route; those in no route are refused."),
    CHOICE("routes[].operations[]", 0, "chat|embeddings|moderations|models|responses|messages|converse|invoke|count_tokens|"
           CHECKS, NULL, "One operation."),
    KEY("routes[].guardrail", STRING, NULL, "Name of a guardrail; `none` reads nothing and records that."),
    CHOICE("routes[].version", INT, "DRAFT", "DRAFT", "Version of the guardrail: DRAFT is this file, a number is one that "
           "`bawn policy publish` froze."),
    KEY("routes[].upstream", STRING, NULL, "Name of an upstream; without it the model's name decides (with `guardrail: none`, "
        "which reads no model, it is needed where there are several)."),

    /* ---- defaults -------------------------------------------------------------------------------------------- */
    KEY("defaults", MAP, NULL, "What holds where nothing else is said."),
    KEY("defaults.guardrail", STRING, "default", "Guardrail of a route that names none; `default` is built in."),
    CHOICE("defaults.on_block", 0, "native|error", "native", "How a block looks: the provider's own refusal (200), or an "
           "error (400)."),
    CHOICE("defaults.on_error", 0, "block|allow", "block", "When a guard cannot run: 503 `guard_failed`, or go on, "
           "recorded."),
    CHOICE("defaults.unknown_fields", 0, "refuse|report", "report", "Fields of a request that Bawn does not know."),
    CHOICE("defaults.unseen_history", 0, "refuse|report", "refuse", "Text that the provider keeps and Bawn never sees "
           "(`previous_response_id`, `conversation`, `prompt.id`, `background`, references to items, Anthropic's `thread`): refused, or passed and recorded."),
    CHOICE("defaults.unknown_content_type", 0, "refuse", "refuse", "Content types that Bawn cannot read."),
    KEY("defaults.hold", MAP, NULL, "How much of a stream may be held back while a guard waits for more."),
    KEY("defaults.hold.bytes", SIZE, "16KiB", "Bytes held for one text."),
    KEY("defaults.hold.time", TIME, "5s", "Then the answer ends as `guard_failed`; time never releases text."),

    /* ---- guardrails ------------------------------------------------------------------------------------------ */
    KEY("guardrails", MAP, NULL, "What may be said, by names of your choice."),
    KEY("guardrails.*", MAP, NULL, "One guardrail; without `extends` it begins as the built-in `default` does."),
    KEY("guardrails.*.extends", STRING, NULL, "A guardrail whose keys hold where this one has none."),
    CHOICE("guardrails.*.mode", 0, "enforce|observe", "enforce", "`observe` only records what `enforce` would do."),
    KEY("guardrails.*.stages", LIST, "[input, output]", "Which sides are guarded."),
    CHOICE("guardrails.*.stages[]", 0, "input|output", NULL, "`input`: requests, `output`: answers."),
    KEY("guardrails.*.languages", LIST, NULL, "Languages of your users; without it all. A request's text of 20 letters or more "
        "that is mostly in scripts of none of them is blocked (`limits.LANGUAGE`); languages of one script are not told apart."),
    KEY("guardrails.*.languages[]", STRING, NULL, "One language: its code of ISO 639-1 (`en`, `pt-BR`)."),
    KEY("guardrails.*.blocked_input_message", STRING | MAP, "Sorry, I cannot help with that request.",
        "What a client reads when his request is blocked; a text, or one for each language."),
    KEY("guardrails.*.blocked_input_message.*", STRING, NULL, "The message in one language."),
    KEY("guardrails.*.blocked_output_message", STRING | MAP, "Sorry, I cannot show that answer.",
        "What a client reads when an answer is blocked."),
    KEY("guardrails.*.blocked_output_message.*", STRING, NULL, "The message in one language."),

    KEY("guardrails.*.content_filters", MAP, NULL, "Bedrock's content filters, each with a strength: low acts on high "
        "confidence, medium on medium too, high on all."),
    CHOICE("guardrails.*.content_filters.PROMPT_ATTACK", MAP, STRENGTHS, "{input: high, output: none, untrusted: high}",
           "Jailbreaks, injections, system-prompt extraction."),
    CHOICE("guardrails.*.content_filters.PROMPT_ATTACK.input", 0, STRENGTHS, NULL, "What the caller says."),
    CHOICE("guardrails.*.content_filters.PROMPT_ATTACK.output", 0, STRENGTHS, NULL, "What the model says."),
    CHOICE("guardrails.*.content_filters.PROMPT_ATTACK.untrusted", 0, STRENGTHS, NULL, "Tool results and documents."),
    LATER("guardrails.*.content_filters.HATE", TOKEN_PASS, "Hate."),
    LATER("guardrails.*.content_filters.INSULTS", TOKEN_PASS, "Insults."),
    LATER("guardrails.*.content_filters.SEXUAL", TOKEN_PASS, "Sexual content."),
    LATER("guardrails.*.content_filters.VIOLENCE", TOKEN_PASS, "Violence."),
    LATER("guardrails.*.content_filters.MISCONDUCT", TOKEN_PASS, "Help with crimes."),
    LATER("guardrails.*.content_filters.SELF_HARM", TOKEN_PASS, "Self-harm."),

    KEY("guardrails.*.denied_topics", LIST, NULL, "Subjects that are not spoken of."),
    KEY("guardrails.*.denied_topics[]", MAP, NULL, "One topic."),
    NEEDED("guardrails.*.denied_topics[].name", STRING, "Name of the topic, in findings."),
    KEY("guardrails.*.denied_topics[].definition", STRING, NULL, "What it is, in a sentence; used with the token pass, "
        "nothing is found by it yet."),
    KEY("guardrails.*.denied_topics[].examples", LIST, NULL, "Sentences about it; used with the token pass."),
    KEY("guardrails.*.denied_topics[].examples[]", STRING, NULL, "One sentence."),
    KEY("guardrails.*.denied_topics[].words", LIST, NULL, "Words and phrases that give the topic away."),
    KEY("guardrails.*.denied_topics[].words[]", STRING, NULL, "One word or phrase."),
    KEY("guardrails.*.denied_topics[].patterns", LIST, NULL, "Regular expressions that give the topic away."),
    KEY("guardrails.*.denied_topics[].patterns[]", REGEX, NULL, "One regular expression, as in sensitive_information.regexes."),
    CHOICE("guardrails.*.denied_topics[].action", 0, LISTED_ACTIONS, "block", "What happens."),
    LATER("guardrails.*.allowed_topics", TOKEN_PASS, "Only these subjects."),

    KEY("guardrails.*.word_filters", MAP, NULL, "Words that may not pass."),
    KEY("guardrails.*.word_filters.managed", MAP, NULL, "Lists that come with Bawn."),
    CHOICE("guardrails.*.word_filters.managed.PROFANITY", 0, ACTIONS, NULL, "Profanity in many languages."),
    KEY("guardrails.*.word_filters.custom", LIST, NULL, "Your own lists. A word is found as a whole "
        "word in any case, also behind look-alike letters and digits: `cat` is not found in `category`, so name the inflections; what has no "
        "spaces (Chinese, Japanese) is found anywhere. `ß` and `ss` are one."),
    KEY("guardrails.*.word_filters.custom[]", MAP, NULL, "One list: `words`, or a `file` of one a line."),
    KEY("guardrails.*.word_filters.custom[].words", LIST, NULL, "Words and phrases."),
    KEY("guardrails.*.word_filters.custom[].words[]", STRING, NULL, "One word or phrase."),
    KEY("guardrails.*.word_filters.custom[].file", SECRET, NULL, "file:PATH of a list, one word or phrase a line; empty lines "
        "and lines that begin with `# ` are passed over."),
    CHOICE("guardrails.*.word_filters.custom[].action", 0, LISTED_ACTIONS, "block", "What happens."),

    KEY("guardrails.*.sensitive_information", MAP, NULL, "Personal data."),
    KEY("guardrails.*.sensitive_information.entities", MAP, NULL, "What happens to each kind; names are Bedrock's and "
        "Bawn's (guard reference)."),
    { "guardrails.*.sensitive_information.entities.*", MAP | WORD, ENTITY_ACTIONS, NULL, "mask <EMAIL>, token <EMAIL_1> "
      "(reversible), hash, partial; a word holds for both sides.", NULL, false, 0, 0, bawn_entity_names },
    CHOICE("guardrails.*.sensitive_information.entities.*.input", 0, ENTITY_ACTIONS, NULL, "In requests."),
    CHOICE("guardrails.*.sensitive_information.entities.*.output", 0, ENTITY_ACTIONS, NULL, "In answers."),
    KEY("guardrails.*.sensitive_information.regexes", LIST, NULL, "Kinds of your own."),
    KEY("guardrails.*.sensitive_information.regexes[]", MAP, NULL, "One kind."),
    NEEDED("guardrails.*.sensitive_information.regexes[].name", STRING, "Its name, in findings and placeholders."),
    NEEDED("guardrails.*.sensitive_information.regexes[].pattern", REGEX, "The regular expression; of a finite width, and it "
           "begins with fixed text (`ORD-`) where answers are blocked or masked, unless `stream` holds them back as far as it is wide."),
    CHOICE("guardrails.*.sensitive_information.regexes[].action", 0, ENTITY_ACTIONS, "mask", "What happens."),
    KEY("guardrails.*.sensitive_information.regexes[].description", STRING, NULL, "For people."),
    KEY("guardrails.*.sensitive_information.allow", LIST, NULL, "Exact values that are nobody's secret."),
    KEY("guardrails.*.sensitive_information.allow[]", STRING, NULL, "One value."),
    KEY("guardrails.*.sensitive_information.restore", MAP, NULL, "Where a token is turned back into its value."),
    KEY("guardrails.*.sensitive_information.restore.output", BOOL, "true", "In the model's answer."),
    KEY("guardrails.*.sensitive_information.restore.tool_arguments", BOOL, "true", "In arguments of tool calls."),
    CHOICE("guardrails.*.secrets", MAP, ACTIONS, NULL, "Keys, tokens, private keys, connection strings."),
    CHOICE("guardrails.*.secrets.input", 0, ACTIONS, NULL, "In requests."),
    CHOICE("guardrails.*.secrets.output", 0, ACTIONS, NULL, "In answers."),

    KEY("guardrails.*.except", LIST, NULL, "Exact findings that are no harm; `bawn log show ID` prints each as a line to add."),
    KEY("guardrails.*.except[]", MAP, NULL, "One: its kind, and either the record's hash of what was matched or a text."),
    NEEDED("guardrails.*.except[].kind", STRING, "Kind of the finding, such as prompt_attack.INSTRUCTION_OVERRIDE; any other kind still acts."),
    KEY("guardrails.*.except[].hash", STRING, NULL, "match.hash of the finding's event (k: and 16 digits); holds while "
        "record.hash_key stays."),
    KEY("guardrails.*.except[].text", STRING, NULL, "The text, byte for byte and at most 1 KiB, that such a finding may stand in."),

    LATER("guardrails.*.contextual_grounding", TOKEN_PASS, "Whether an answer keeps to its sources."),

    KEY("guardrails.*.sanitise", MAP, NULL, "Characters that are not for reading."),
    CHOICE("guardrails.*.sanitise.control", 0, "none|observe|remove|refuse", "remove", "Control characters."),
    CHOICE("guardrails.*.sanitise.invisible", 0, "none|observe|remove|refuse", "remove", "Zero-width and tag characters."),
    CHOICE("guardrails.*.sanitise.bidi", 0, "none|observe|remove|refuse", "remove", "Overrides of the writing direction."),
    CHOICE("guardrails.*.code_injection", MAP, ACTIONS, NULL, "Code where text is expected; a word holds for all places."),
    CHOICE("guardrails.*.code_injection.input", 0, ACTIONS, NULL, "In requests."),
    CHOICE("guardrails.*.code_injection.output", 0, ACTIONS, NULL, "In answers."),
    CHOICE("guardrails.*.code_injection.tool_arguments", 0, ACTIONS, NULL, "In arguments of tool calls."),
    KEY("guardrails.*.code_injection.kinds", LIST, "[sql, shell, template, path, html, ldap, xpath, header]", "What to look for."),
    CHOICE("guardrails.*.code_injection.kinds[]", 0, "sql|shell|template|path|html|ldap|xpath|header", NULL, "One kind."),
    KEY("guardrails.*.leak", MAP, NULL, "The system prompt in an answer."),
    CHOICE("guardrails.*.leak.system_prompt", 0, ACTIONS, "block", "Runs of its words, and the canary (which `none` still "
           "blocks)."),
    KEY("guardrails.*.leak.canary", BOOL, "false", "Plant a new word behind each system message, and look for it in the "
        "answer; a provider's prompt cache then ends there."),
    COUNT("guardrails.*.leak.min_words", BAWN_LEAK_WORDS_LEAST, BAWN_LEAK_WORDS_MOST, "8", "Shortest run of words that counts; raise it "
          "where documents that answers quote stand in system messages."),
    KEY("guardrails.*.exfiltration", MAP, NULL, "Answers that carry data away."),
    CHOICE("guardrails.*.exfiltration.links", 0, ACTIONS, "mask", "Images and links to hosts not allowed."),
    KEY("guardrails.*.exfiltration.allow_hosts", LIST, NULL, "Hosts that may be linked to; `*.` in front: and below."),
    KEY("guardrails.*.exfiltration.allow_hosts[]", STRING, NULL, "One host."),
    CHOICE("guardrails.*.exfiltration.html", 0, ACTIONS, "mask", "HTML that runs or loads something."),
    CHOICE("guardrails.*.exfiltration.ansi", 0, ACTIONS, "mask", "Escape sequences for terminals."),
    KEY("guardrails.*.input_limits", MAP, NULL, "How much one request may bring; more is blocked."),
    KEY("guardrails.*.input_limits.characters", INT, "400000", "Characters of all texts; 0: any number."),
    COUNT("guardrails.*.input_limits.messages", 0, UINT32_MAX, "1000", "Messages; 0: any number."),
    COUNT("guardrails.*.input_limits.depth", 1, 1000, "64", "Levels of the JSON."),
    COUNT("guardrails.*.input_limits.repeated_token_run", 0, UINT32_MAX, "400", "The same word this often in a row; 0: not "
          "looked for, else at least 10."),

    /* The names of `stream` and `on_error` are the guards' sections above. */
    KEY("guardrails.*.stream", MAP, NULL, "When text of a streamed answer may leave, for each guard; the strictest holds."),
    KEY("guardrails.*.stream.default", WINDOW, "release", "release: to the last safe boundary; window N: N characters "
        "behind; buffer: all at the end."),
    KEY("guardrails.*.stream.content_filters", WINDOW, NULL, "For content filters."),
    KEY("guardrails.*.stream.denied_topics", WINDOW, NULL, "For denied topics."),
    KEY("guardrails.*.stream.word_filters", WINDOW, NULL, "For word filters."),
    KEY("guardrails.*.stream.sensitive_information", WINDOW, NULL, "For personal data."),
    KEY("guardrails.*.stream.secrets", WINDOW, NULL, "For secrets."),
    KEY("guardrails.*.stream.code_injection", WINDOW, NULL, "For code injection."),
    KEY("guardrails.*.stream.leak", WINDOW, "window 200", "For leaks of the system prompt."),
    KEY("guardrails.*.stream.exfiltration", WINDOW, NULL, "For exfiltration."),
    LATER("guardrails.*.stream.contextual_grounding", TOKEN_PASS, "For grounding."),
    KEY("guardrails.*.history", MAP, NULL, "How the turns of a conversation, which clients send in full each time, are judged."),
    CHOICE("guardrails.*.history.old_turns", 0, "block|remove", "block", "What blocks in a turn before the last: `block` refuses the "
           "request; `remove` puts a label in that text's place, so that one bad turn does not end the conversation."),
    COUNT("guardrails.*.history.join_last", 1, 64, "4", "The caller's last turns that are judged as one text, too, for what is split "
          "over them; 1: none."),
    KEY("guardrails.*.on_error", MAP, NULL, "Exceptions from defaults.on_error, for each guard."),
    CHOICE("guardrails.*.on_error.content_filters", 0, "block|allow", NULL, "For content filters."),
    CHOICE("guardrails.*.on_error.denied_topics", 0, "block|allow", NULL, "For denied topics."),
    CHOICE("guardrails.*.on_error.word_filters", 0, "block|allow", NULL, "For word filters."),
    CHOICE("guardrails.*.on_error.sensitive_information", 0, "block|allow", NULL, "For personal data."),
    CHOICE("guardrails.*.on_error.secrets", 0, "block|allow", NULL, "For secrets."),
    CHOICE("guardrails.*.on_error.sanitise", 0, "block|allow", NULL, "For sanitising."),
    CHOICE("guardrails.*.on_error.code_injection", 0, "block|allow", NULL, "For code injection."),
    CHOICE("guardrails.*.on_error.leak", 0, "block|allow", NULL, "For leaks of the system prompt."),
    CHOICE("guardrails.*.on_error.exfiltration", 0, "block|allow", NULL, "For exfiltration."),
    LATER("guardrails.*.on_error.contextual_grounding", TOKEN_PASS, "For grounding."),

    /* ---- record ---------------------------------------------------------------------------------------------- */
    KEY("record", MAP, NULL, "What is written down of each decision."),
    KEY("record.spool", MAP, NULL, "The files that decisions are appended to before an answer ends."),
    KEY("record.spool.folder", STRING, "state/spool", "Their folder, beneath the state folder unless absolute."),
    KEY("record.spool.rotate", SIZE, "64MiB", "Size at which a new file begins."),
    KEY("record.spool.keep", TIME, "7d", "Age at which a file is removed."),
    CHOICE("record.durability", 0, "process|sync", "process", "process: survives kill -9; sync: survives power loss. Then each answer "
           "waits for one commit of the disk, which answers that end together share; a request of 1 kB took 1.4 times the CPU time. "
           "`bench/run durability` measures it on your disk."),
    CHOICE("record.on_full", 0, "block|observe", "block", "When nothing can be written: 503, or go on and count."),
    CHOICE("record.text", 0, "none|findings|all", "none", "Texts in the record: none, or what was found."),
    LATER("record.text=all", "the encrypted record", "Whole texts."),
    KEY("record.hash_key", SECRET, NULL, "Key of the hashes of matched values; without it one is made at the first start."),
    LATER("record.key", "the encrypted record", "Key that texts are encrypted with."),
    LATER("record.store", STORE, "sqlite, or postgres: with a URL."),
    LATER("record.retention", STORE, "How long events and texts are kept."),
    LATER("record.checkpoint", STORE, "Signed checkpoints of the record's Merkle tree."),
    LATER("record.export", STORE, "Copies to other systems."),

    /* ---- scorer ---------------------------------------------------------------------------------------------- */
    KEY("scorer", MAP, NULL, "A process that scores texts when a guard asks for it."),
    KEY("scorer.socket", STRING, NULL, "Path of its unix socket."),
    KEY("scorer.deadline", MAP, NULL, "How long an answer may take; then the guard has failed."),
    KEY("scorer.deadline.request", TIME, "300ms", "For a request."),
    KEY("scorer.deadline.stream", TIME, "150ms", "For a piece of a stream."),
    LATER("scorer.weights", TOKEN_PASS, "Weights of the built-in encoder."),
    LATER("scorer.threads", TOKEN_PASS, "Threads of the built-in encoder."),
    LATER("scorer.queue", TOKEN_PASS, "Texts that may wait."),
    LATER("remote_scorers", TOKEN_PASS, "Scorers on other machines."),

    /* ---- rooms to come --------------------------------------------------------------------------------------- */
    LATER("identities", IDENTITY, "Who callers are."),
    LATER("trust_levels", IDENTITY, "What callers may do."),
    LATER("roles", IDENTITY, "Who may use the admin API."),
    LATER("limits", IDENTITY, "Requests, tokens and cost for each caller."),
    LATER("counters", IDENTITY, "Where limits are counted."),
    LATER("prices", IDENTITY, "Cost of tokens."),
    LATER("network", IDENTITY, "Addresses and countries."),
    LATER("tools", TOOLS, "Who may call which tool with which arguments."),
    LATER("mcp", TOOLS, "MCP servers and their pins."),
    LATER("watch", WATCH, "Baselines and detections over the record."),
    LATER("respond", WATCH, "What detections set in motion."),
    LATER("models", "the model registry", "Which models are admitted."),
    LATER("data", "the data catalogue", "Data sets and their rules."),
    LATER("posture", "posture checks", "Checks of infrastructure and hosts."),
};

const bawn_key *bawn_engine_keys(size_t *n)
{
    *n = BAWN_COUNT(keys);
    return keys;
}
