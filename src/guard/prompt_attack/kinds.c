/* The kinds of the prompt-attack guard. Bedrock has one type for all of them, PROMPT_ATTACK. */
#include "guard/prompt_attack/prompt_attack.h"

#define ROW(code, owasp, atlas, doc) { "prompt_attack." code, owasp, atlas, BAWN_BLOCK, BAWN_ALLOW, doc }
const bawn_kind bawn_prompt_attack_kinds[ATTACK_KINDS] = {
    [ATTACK_OVERRIDE] = ROW("INSTRUCTION_OVERRIDE", "LLM01", "AML.T0051.000",
                            "Orders to drop, replace or outrank the instructions that the application gave"),
    [ATTACK_JAILBREAK] = ROW("JAILBREAK", "LLM01", "AML.T0054",
                             "Role-play, modes and games meant to free the model of its rules"),
    [ATTACK_LEAK] = ROW("PROMPT_LEAK", "LLM07", "AML.T0056",
                        "Requests for the system prompt or the text that stands before the user's"),
    [ATTACK_DELIMITER] = ROW("DELIMITER", "LLM01", "AML.T0051.000",
                             "Tokens of chat templates and invented turns that pose as the application or the model"),
    [ATTACK_MANY_SHOT] = ROW("MANY_SHOT", "LLM01", "AML.T0054",
                             "A long run of invented dialogue inside one text, which teaches the model to comply"),
    [ATTACK_INDIRECT] = ROW("INDIRECT", "LLM01", "AML.T0051.001",
                            "Orders to the model inside a document or a tool's result, which may give none"),
    [ATTACK_OBFUSCATED] = ROW("OBFUSCATED", "LLM01", "AML.T0068",
                              "Orders to decode a text and to do what it says"),
};
