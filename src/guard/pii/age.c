/* Ages: a number before "years old" and its kin, or behind "age"; observed by default. */
#include "guard/pii/pii.h"

static const bawn_kind kinds[] = { BAWN_PII("AGE", BAWN_OBSERVE, "a person's age") };

#define AFTER(word, lang, hit, miss) { word, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.8f, lang, hit, miss }

/* Rows before BEHIND and from LETTERS on stand after the number, the others in front of it. */
enum { BEHIND = 19, LETTERS = 46 };
static const bawn_pattern patterns[] = {
    AFTER(" years old", "en", "I'm 42 years old", "the bridge is 420 years old"),
    AFTER("-year-old", "en", "a 42-year-old man", "a nine-year-old"),
    AFTER(" year old", "en", "a 42 year old man", "last year old men came"),
    AFTER(" years of age", "en", "42 years of age", "many years of age"),
    AFTER(" y/o", "en", "I'm 75 y/o", "all y/o forms"),
    AFTER(" yrs old", "en", "42 yrs old", "a few yrs old"),
    AFTER(" jahre alt", "de", "ich bin 42 Jahre alt", "viele Jahre alt"),
    AFTER("-jährige", "de", "der 42-jährige Mann", "der langjährige Leiter"),
    AFTER(" años de edad", "es", "42 años de edad", "muchos años de edad"),
    AFTER("tengo ", "es", "tengo 42 años", "tengo 42 libros"),
    AFTER(" ans,", "fr", "Anne, 42 ans, mariée", "depuis des ans, rien"),
    AFTER("j'ai ", "fr", "j'ai 42 ans", "j'ai 42 livres"),
    AFTER("ho ", "it", "ho 42 anni", "ho 42 libri"),
    AFTER("tenho ", "pt", "tenho 42 anos", "tenho 42 livros"),
    AFTER("tiene ", "es", "Mi abuela tiene 82 años", "tiene 20 años de experiencia"),
    AFTER("мне ", "ru", "Мне 42 года", "мне 42 рубля"),
    AFTER(" jaar oud", "nl", "ik ben 42 jaar oud", "jaren oud"),
    AFTER(" anos de idade", "pt", "42 anos de idade", "muitos anos de idade"),
    AFTER(" lat,", "pl", "Anna, 42 lat, mężatka", "wiele lat, nic"),
    AFTER("aged ", "en", "a man aged 42, married", "cheese aged 42 months"),
    AFTER("age ", "en", "patient, age 42, admitted", "the age of 42 nations"),
    AFTER("age of ", "en", "retired at the age of 67.", "the age of 42 nations"),
    AFTER("just turned ", "en", "My brother just turned 31.", "it just turned 31 degrees"),
    AFTER("age: ", "en", "age: 42", "the message: 42"),
    AFTER("\"age\": ", "*", "{\"age\": 42}", "{\"page\": 42}"),
    AFTER("alter: ", "de", "Alter: 42", "Schalter: 42"),
    AFTER("edad: ", "es", "edad: 42", "localidad: 42"),
    AFTER("âge : ", "fr", "âge : 42", "étage : 42"),
    AFTER("my daughter is ", "en", "My daughter is 13, her name is secret", "my daughter is 13 kilometres away"),
    AFTER("my son is ", "en", "My son is 13.", "my son is 13 minutes late"),
    AFTER("età: ", "it", "età: 42", "società: 42"),
    AFTER("age is ", "en", "My age is 42", "the page is 42"),
    AFTER("alter ist ", "de", "Mein Alter ist 42.", "der Schalter ist 42"),
    AFTER("edad es ", "es", "mi edad es 42", "la localidad es 42"),
    AFTER("âge est ", "fr", "mon âge est 42", "l'étage est 42"),
    AFTER("età è ", "it", "la mia età è 42", "la società è 42"),
    AFTER("idade é ", "pt", "minha idade é 42", "a cidade é 42"),
    AFTER("leeftijd is ", "nl", "mijn leeftijd is 42", "mijn leeftijd is 42 procent"),
    AFTER("wiek: ", "pl", "wiek: 42", "człowiek: 42"),
    AFTER("возраст: ", "ru", "возраст: 42", "возраст: 42 процента"),
    AFTER("yaşım ", "tr", "Yaşım 42.", "yaşım 42 kez"),
    AFTER("年龄：", "zh", "年龄：42", "年龄：未知"), AFTER("年齢：", "ja", "年齢：42", "年齢：不明"),
    AFTER("العمر: ", "ar", "العمر: 42", "العمر: طويل"), AFTER("عمري ", "ar", "عمري 42 سنة", "عمري كله"),
    AFTER("उम्र ", "hi", "मेरी उम्र 42 साल है", "उम्र भर"),
    /* LETTERS: these stand right after the number, without a space */
    AFTER("岁", "zh", "我今年42岁。", "百岁老人"), AFTER("歳", "ja", "私は42歳です。", "万歳"), AFTER("살", "ko", "저는 42살입니다", "몸살"),
    AFTER(" лет", "ru", "мне 42 лет", "много лет"), AFTER(" साल का", "hi", "मैं 42 साल का हूँ", "हर साल का खर्च"),
};

static bool found(bawn_probe *p, size_t begin, size_t end)
{
    if (end == begin || end - begin > 3 || bawn_pii_number(p->text.ptr + begin, end - begin) > 125 ||
        bawn_pii_number(p->text.ptr + begin, end - begin) == 0 || !bawn_pii_left(p, begin))
        return false;
    bawn_probe_found(p, 0, begin, end, p->pattern->score);
    return true;
}

/* The years of "tengo 42 años": a cue whose number must have one of these behind it. */
static const char *const years[] = { " años", " ans", " anni", " anos", " год", " лет", NULL };
/* ... and these make a span of time of it. */
static const char *const spans[] = { " años de ", " ans de ", " ans d'", " anni di ", " anos de ", NULL }, *const of_age[] = { " años de edad", " anos de idade", NULL };
/* Years, conjunctions, and full stops of other scripts, which end an age behind a cue. */
static const char *const endings[] = { "。", "，", " سنة", " عام", " साल", "岁", "歳", " лет", " год", " years", " and ", " und ", " et ", " y ", NULL };

/* Whether one of the words stands at i as it is written. */
static bool stands_at(bawn_probe *p, size_t i, const char *const *words)
{
    for (; *words; words++) {
        size_t n = 0;
        while ((*words)[n] && bawn_probe_at(p, i + n) == (unsigned char)(*words)[n])
            n++;
        if (!(*words)[n])
            return true;
    }
    return false;
}

static void number_behind(bawn_probe *p, bool needs_years)
{
    size_t begin = p->end, end = bawn_probe_past_digits(p, begin, 4);
    int next = bawn_probe_at(p, end);
    bool ends = next < 0 || next == ',' || next == '.' || next == ';' || next == '\n' || next == ')' || next == '}' || next == '\r' ||
                stands_at(p, end, endings);
    bool aged = needs_years && stands_at(p, end, years) && (!stands_at(p, end, spans) || stands_at(p, end, of_age));
    if ((needs_years ? aged : ends) && bawn_pii_right(p, end))
        found(p, begin, end);
}

static void confirm(bawn_probe *p)
{
    const char *cue = p->pattern->regex;
    size_t begin = p->end - strlen(cue);
    size_t row = (size_t)(p->pattern - patterns);

    if (row < LETTERS && cue[0] != ' ' && cue[0] != '-') {
        if (bawn_probe_word_begins(p, begin))
            number_behind(p, row < BEHIND);
        return;
    }
    size_t digit = begin;
    while (digit > 0 && begin - digit < 4 && bawn_is_digit((unsigned char)p->text.ptr[digit - 1]))
        digit--;
    found(p, digit, begin);
}

const bawn_guard bawn_guard_pii_age = {
    .guard = "pii", .id = "pii.age", .doc = "Ages of persons by the words around the number; observed by default.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
