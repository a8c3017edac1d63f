/* Many-shot: a text that plays a long dialogue by itself, user and assistant in turns, so that the model goes on in the
 * same manner (Anil et al., "Many-shot Jailbreaking", 2024: success grows with the number of turns, from tens on).
 * A scanner counts lines that begin with a speaker's label; a pair is a user's line followed by an assistant's.
 * Few-shot examples of honest prompts have three to eight pairs, pasted chats up to a dozen: those are recorded only.
 * O(n), 64 bytes of state; a line's first 48 bytes decide. */
#include "guard/prompt_attack/prompt_attack.h"

#define LABEL_REACH 48              /* bytes of a line in which its label must end */

typedef struct { uint32_t pairs; bool asked, inside_line; } dialogue;

/* How many pairs make how strong a finding. */
static const struct { uint32_t pairs; float score; } steps[] = { { 6, 0.5f }, { 16, 0.6f }, { 32, 0.8f }, { 64, 0.95f } };

static const char *const askers[] = {
    "user", "human", "me", "question", "q", "customer", "usuario", "humano", "pregunta", "utilisateur", "humain", "nutzer", "benutzer", "mensch", "frage",
    "usuário", "pergunta", "utente", "umano", "domanda", "пользователь", "Пользователь", "человек", "Человек", "вопрос", "Вопрос", "用户", "用戶", "人类", "问", "ユーザー", "人間", "質問",
    "المستخدم", "مستخدم", "سؤال", "उपयोगकर्ता", "यूज़र", "प्रश्न", NULL
};
static const char *const answerers[] = {
    "assistant", "ai", "bot", "chatbot", "model", "chatgpt", "gpt", "claude", "answer", "a", "agent", "asistente", "respuesta", "réponse", "assistent", "ki", "antwort",
    "assistente", "resposta", "risposta", "ассистент", "Ассистент", "помощник", "Помощник", "бот", "Бот", "ИИ", "ответ", "Ответ", "助手", "机器人", "答", "アシスタント", "回答",
    "المساعد", "مساعد", "جواب", "सहायक", "एआई", "उत्तर", NULL
};

static bool is_one_of(bawn_slice label, const char *const *names)
{
    for (; *names; names++)
        if ((((*names)[0] ^ label.ptr[0]) & 0xDF) == 0 && bawn_slice_eq_nocase(label, bawn_slice_str(*names)))
            return true;
    return false;
}

/* The line's first colon, the full-width one of Chinese and Japanese too; line.len when it has none. */
static size_t colon_of(bawn_slice line)
{
    const char *colon = line.len ? memchr(line.ptr, ':', line.len) : NULL;
    if (colon)
        return (size_t)(colon - line.ptr);
    return line.len && memchr(line.ptr, 0xEF, line.len) ? bawn_slice_find(line, BAWN_LIT("：")) : line.len;
}

/* The label of a line: what stands before its first colon, without marks of emphasis, list or quotation. */
static bawn_slice label_of(bawn_slice line)
{
    size_t from = 0, to = colon_of(line);
    if (to == line.len)
        return BAWN_NIL;
    while (from < to && strchr(" \t#*>-_[\"'", line.ptr[from]))
        from++;
    while (to > from && strchr(" *_]\"'", line.ptr[to - 1]))
        to--;
    return to > from ? bawn_slice_of(line.ptr + from, to - from) : BAWN_NIL;
}

static float score_of(uint32_t pairs)
{
    for (size_t i = 0; i < BAWN_COUNT(steps); i++)
        if (steps[i].pairs == pairs)
            return steps[i].score;
    return 0.0f;
}

static void take_line(bawn_probe *p, dialogue *d, size_t begin, size_t len)
{
    bawn_slice label = label_of(bawn_slice_of(p->text.ptr + begin, len));
    float score;

    if (label.len == 0)
        return;
    if (is_one_of(label, askers)) {
        d->asked = true;
    } else if (d->asked && is_one_of(label, answerers)) {
        d->asked = false;
        score = score_of(++d->pairs);
        if (score > 0.0f)
            bawn_probe_found(p, ATTACK_MANY_SHOT, begin, begin + len, score);
    }
}

static void scan(bawn_probe *p)
{
    dialogue *d = p->state;
    size_t at = p->begin;

    while (at < p->text.len) {
        const char *nl = memchr(p->text.ptr + at, '\n', p->text.len - at);
        size_t len = (nl ? (size_t)(nl - p->text.ptr) : p->text.len) - at;
        if (!d->inside_line && !nl && !p->final && len < LABEL_REACH)
            break;                  /* the label may still be coming */
        if (!d->inside_line)
            take_line(p, d, at, len < LABEL_REACH ? len : LABEL_REACH);
        d->inside_line = !nl;
        at += len + (nl ? 1 : 0);
    }
    p->end = at;
}

_Static_assert(sizeof(dialogue) <= 64, "a scanner's state has 64 bytes");

const bawn_guard bawn_guard_attack_many_shot = {
    .guard = "prompt_attack", .id = "prompt_attack.many_shot",
    .doc = "Counts invented dialogue turns at line begins: 16 and more pairs of user and assistant inside one text.",
    .places = BAWN_IN_INPUT | BAWN_IN_UNTRUSTED, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL | BAWN_VIEW_DECODED,
    .kinds = BAWN_PROMPT_ATTACK_KINDS,
    .scan = scan,
};
