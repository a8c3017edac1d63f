/* E-mail addresses as people spell them to hide them from machines: "jane at example dot com", "jane (at) example.com",
 * "jane [at] example [dot] com". Found from the at outwards. With plain words a word for mail must stand near, and what
 * stands before "at" must not be one that prose has there ("look at example dot com" names a site, not a person).
 *
 * In requests only: the name stands before the word that wakes, behind a space, where a streamed answer has already been
 * let go. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("EMAIL", BAWN_MASK, "e-mail address, spelled in words") };

#define ROW(word, lang, hit, miss) { word, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.8f, lang, hit, miss }
enum { PLAIN = 5 };     /* rows from here on are words; those before are in brackets */
static const bawn_pattern patterns[] = {
    ROW("(at)", "*", "jane.roe (at) example.com", "the value (at) most is 3"), ROW("[at]", "*", "jane[at]example[dot]com", "array[at] is 3"),
    ROW("{at}", "*", "jane{at}example.com", "the {at} sign"), ROW("[@]", "*", "jane.roe[@]example.com", "the sign [@] is old"),
    ROW("(@)", "*", "jane(@)example.com", "the sign (@) is old"),
    ROW(" at ", "en", "my email is jane at example dot com", "my email is hosted at example dot com"),
    ROW(" arroba ", "es", "mi correo es ana arroba ejemplo punto com", "una arroba son 11 kilos"),
    ROW(" arobase ", "fr", "mon courriel est anne arobase exemple point fr", "le signe arobase est rond"),
    ROW(" chiocciola ", "it", "la mia mail è anna chiocciola esempio punto it", "una chiocciola lenta"),
    ROW(" собака ", "ru", "моя почта anna собака primer точка ru", "моя собака спит"),
};

static const char *const mail_words[] = { "email", "e-mail", "emails", "mail", "mailing", "contact", "reach", "write to", "address", "gmail", "inbox",
    "correo", "courriel", "adresse", "posta", "adresse mail", "e-mails", "indirizzo", "endereço", "почта", "почту", "мейл", "емейл", NULL };

static bool is_local(int c) { return c >= 0 && c < 0x80 && (bawn_is_alnum((unsigned char)c) || strchr("._%+-", c)); }

static size_t back_local(const bawn_probe *p, size_t end, size_t most)
{
    size_t i = end;
    while (i > 0 && end - i < most && is_local(bawn_probe_back(p, i)))
        i--;
    return i;
}

/* The begin of the name before the blanks at i, or i. */
static size_t name_begin(const bawn_probe *p, size_t i)
{
    size_t end = i;
    while (end > 0 && i - end < 2 && p->text.ptr[end - 1] == ' ')
        end--;
    size_t begin = back_local(p, end, 65);
    while (begin < end && strchr("._%+-", p->text.ptr[begin]))
        begin++;
    if (begin > 5 && bawn_slice_eq_nocase(bawn_slice_of(p->text.ptr + begin - 5, 5), BAWN_LIT(" dot "))) {     /* "jane dot roe" */
        size_t first = back_local(p, begin - 5, 32);
        begin = first < begin - 5 ? first : begin;
    }
    return end - begin >= 2 && end - begin <= 64 ? begin : i;
}

/* Words that stand before "at" in prose. */
static bool is_prose(bawn_slice word)
{
    static const char *const words[] = { "me", "us", "him", "her", "it", "them", "you", "look", "looking", "is", "are", "was", "be", "available", "found",
        "hosted", "online", "here", "up", "more", "page", "site", "website", "visit", "live", "address", "email", "mail", "account", "and", "or", "out",
        "in", "one", "shop", "buy", "ordered", "posted", "published", "listed", "register", "registered", "sign", "signup", "download", NULL };
    return bawn_slice_is_any(word, words);
}

/* A full stop, or a word for it; the end, or i. */
static size_t dot_at(bool *spoken, bawn_probe *p, size_t i)
{
    static const char *const dots[] = { " dot ", "(dot)", " (dot) ", "[dot]", " [dot] ", "{dot}", " {dot} ", " punto ", " point ", " ponto ", " punkt ", " точка ", NULL };
    size_t n = bawn_probe_one_of(p, i, dots);
    if (n == 0)
        return bawn_probe_at(p, i) == '.' ? i + 1 : i;
    *spoken = true;
    return i + n;
}

static size_t label_end(bool *letters, bawn_probe *p, size_t i)
{
    size_t end = i;
    *letters = true;
    for (int c; end - i < 63 && (c = bawn_probe_at(p, end)) >= 0 && (bawn_is_alnum((unsigned char)c) || (c == '-' && end > i)); end++)
        *letters &= bawn_is_alpha((unsigned char)c);
    return end;
}

static void confirm(bawn_probe *p)
{
    bool plain = p->pattern - patterns >= PLAIN, spoken = false, letters = false;
    size_t at = p->end - strlen(p->pattern->regex), i = p->end, begin = name_begin(p, at), labels = 0, end = 0;

    if (begin == at || (plain && is_prose(bawn_slice_of(p->text.ptr + begin, at - begin))))
        return;
    p->begin = begin;
    i += !plain && bawn_probe_at(p, i) == ' ' ? 1 : 0;
    for (size_t label, next; labels < 5 && (label = label_end(&letters, p, i)) > i; i = next) {
        if (labels++ > 0 && letters && label - i >= 2 && label - i <= 12)
            end = label;
        next = dot_at(&spoken, p, label);
        if (next == label)
            break;
    }
    if (end == 0 || (plain && (!spoken || !bawn_pii_near(p, begin, end, mail_words))))
        return;
    bawn_probe_found(p, 0, begin, end, 0.8f);
}

const bawn_guard bawn_guard_pii_spoken = {
    .guard = "pii", .id = "pii.spoken", .doc = "E-mail addresses spelled in words or with an at in brackets, in requests.",
    .places = BAWN_IN_SYSTEM | BAWN_IN_INPUT | BAWN_IN_UNTRUSTED, .views = BAWN_VIEW_RAW | BAWN_VIEW_CANONICAL, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm, .reach = 104,
};
