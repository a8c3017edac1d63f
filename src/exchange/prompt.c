/* What is kept of a request's system texts, to know them again in the answer: their fingerprint (guard/leak) and, where
 * the policy asks for it, a canary: a word that exists nowhere else, planted at the end of each system message on its way
 * to the model. A model that gives its instructions away gives the word with them, whatever else it changes.
 *
 * The word is made of the exchange's seed, so it is a new one each time and nobody can know it before, and yet a replay
 * plants the same. It is twelve syllables of a consonant and a vowel (71 bits), begun and ended by consonants that prose has
 * seldom, because there answers are looked at: letters alone, because digits among them would be read as disguised letters
 * by the canonical view. In observe mode nothing is changed, so nothing is planted.
 * keeps: P3a.6 */
#include "exchange/exchange.h"

#define SYLLABLES 12
#define FINGERPRINTED 64        /* system texts that are looked for */

static bool is_system_text(const bawn_field *f)
{
    return f->role == BAWN_SYSTEM && f->kind == BAWN_F_TEXT && !f->key && f->message != UINT32_MAX && f->text.len > 0;
}

/* "\n\nDocument code: bakemodu...": it reads like a part of the text, so that it is repeated like one. */
static bool make_canary(bawn_exchange *x)
{
    static const char consonants[] = "bdfghjklmnprstvz", vowels[] = "aeiou", rare[] = "jkvz", lead[] = "\n\nDocument code: ";
    const bawn_slice purpose = BAWN_LIT("bawn/canary/v1");
    const size_t before = sizeof lead - 1, n = before + 2 * SYLLABLES;
    uint8_t random[32];
    char *mark = bawn_arena_alloc(x->arena, n + 1);

    if (!mark)
        return false;
    bawn_hmac_sha256(random, bawn_slice_of((const char *)x->seed, sizeof x->seed), &purpose, 1);
    memcpy(mark, lead, before);
    for (size_t i = 0; i < SYLLABLES; i++) {
        mark[before + 2 * i] = consonants[random[2 * i] % 16];
        mark[before + 2 * i + 1] = vowels[random[2 * i + 1] % 5];
    }
    mark[before] = rare[random[0] % 4];
    mark[n - 1] = rare[random[2 * SYLLABLES - 1] % 4];
    mark[n] = '.';
    x->canary_mark = bawn_slice_of(mark, n + 1);
    x->canary = bawn_slice_of(mark + before, n - before);
    return bawn_leak_prompt_canary(x->prompt, x->canary);
}

bool bawn_prompt_keep(bawn_exchange *x)
{
    bawn_slice texts[FINGERPRINTED];
    size_t n = 0;

    if (!x->guardrail->leak || !bawn_operation_talks(x->operation))
        return true;
    for (size_t i = 0; i < x->request.n_fields && n < FINGERPRINTED; i++)
        if (is_system_text(&x->request.fields[i]))
            texts[n++] = x->request.fields[i].text;
    if (n == 0)
        return true;
    x->prompt = bawn_leak_prompt_new(texts, n, x->guardrail->leak_words);
    return x->prompt && (!x->guardrail->canary || make_canary(x));
}

bawn_slice bawn_prompt_mark(const bawn_exchange *x, const bawn_field *fields, size_t n, size_t i)
{
    if (x->canary.len == 0 || !is_system_text(&fields[i]))
        return BAWN_NIL;
    for (size_t k = i + 1; k < n && fields[k].message == fields[i].message; k++)
        if (is_system_text(&fields[k]))
            return BAWN_NIL;                    /* a later part of the message bears it */
    return x->canary_mark;
}

/* keeps: no canary is ever written down: what is known could be left out */
bool bawn_prompt_shows_canary(const bawn_exchange *x, bawn_slice text)
{
    return x->canary.len > 0 && bawn_slice_find_nocase(text, x->canary) < text.len;
}
