/* The managed word list finds its words as words, in sixteen languages, and lets honest look-alikes pass. */
#include "guard_harness.h"

extern const bawn_guard bawn_guard_words_profanity;

static const char *const rude[] = {
    "What the fuck is this?", "FUCKING hell", "you absolute shithead", "(bullshit)", "son of a bitch!", "eres un gilipollas", "¡hijo de puta!", "vete a la mierda",
    "va te faire foutre", "quel connard", "so ein Arschloch", "du Hurensohn", "verpiss dich!", "que merda", "filho da puta", "vai tomar no cu", "che cazzo vuoi",
    "sei uno stronzo", "vaffanculo", "пошёл на хуй", "какой пиздец", "ты мудак", "操你妈", "你这个王八蛋", "傻逼", "クソ野郎め", "くたばれ", "يا ابن الكلب", "كس أمك", "मादरचोद",
    "साला चूतिया", "wat een klootzak", "krijg de tering", "kurwa mać", "spierdalaj", "siktir git", "orospu çocuğu", "din jävla idiot", "ти мудак", "йобаний",
    "f*ck you", "what the f***?", "F**KING hell", "sh*t happens", "you @sshole", "*sshole!", "b*tch", "f.u.c.k", "motherf*cker", "a**holes",
    "くそ", "死ね", "クソ、またか", "妈的，又来了", "「滚蛋」", "くそ！", "くそっ、間に合わない", "このくそ野郎", "クソが！", "お前なんか死ね！", "もう死ねよ", "ぶっ殺すぞ", "ばかやろう", "卧槽，太扯了", "你这个混蛋", "你去死吧", "幹你媽", "लंड", "बकचोदी मत कर",
    "يا خرا", "ابن الزانية", "بنت الكلب",
};
static const char *const honest[] = {
    "Scunthorpe and Penistone are towns in England.", "The cockpit door was locked.", "Please assess the class assignment.", "Charles Dickens wrote it.",
    "Shiitake mushrooms with leek", "a cocktail and a peacock", "Essex, Sussex and Middlesex", "The Arsenal match, then analysis", "Matsushita and Fukuda",
    "Hancock passed the bass", "el computador disputado", "la reputación de Putin", "La guerra di Troia", "die Bundestagsfraktion der FDP", "Der Arschin ist ein altes Mass",
    "slut på dagen", "vad är klockan, vilken tid", "¿Qué hora es?", "il computer portatile", "Niki Lauda won in 1975.", "harami at the grill", "le connaisseur", "le compute",
    "страхуй машину", "хлеб и сухари, сукно", "застрахуйте груз", "做操，你妈妈也来", "复杂种类", "ちんぷんかんぷん", "マンションの部屋", "كسر الكلب الباب", "घर का काम", "f * c = k", "the glob f*c and **bold** text", "sh *t* t", "user@ssholeassociates.com", "早くそうしてください！", "よくそんなことが！", "クイックソートが速い", "ミックソース！", "彼が死ねば終わりだ", "死ねない理由",
    "ファックスを送った", "パチンコとサブスク", "我操作电脑，你看", "水牛混在蛋糕店", "我们去死海吧", "他放狗出去", "पोलंड और इंग्लैंड", "बकरी चोरी", "الخرائط والخراطيم", "كسر الباب", "نيك كيج ممثل", "خول له القانون", "kuttekop is geen woord hier", "Kloten ligt bij Zürich",
};

static bawn_harness harness;
static int open_all(void **state) { (void)state; harness_open(&harness, &bawn_guard_words_profanity, BAWN_IN_INPUT); return 0; }
static int close_all(void **state) { (void)state; harness_close(&harness); return 0; }

static void finds_rude_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rude); i++)
        if (bawn_harness_run(&harness, rude[i]) == 0)
            fail_msg("not found: %s", rude[i]);
}

static void passes_honest_lookalikes(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(honest); i++)
        if (bawn_harness_run(&harness, honest[i]) != 0)
            fail_msg("found: %s", honest[i]);
}

static void every_row_holds(void **state) { (void)state; harness_check_rows(&harness); }

static void no_word_is_listed_twice(void **state)
{
    (void)state;
    const bawn_guard *g = &bawn_guard_words_profanity;
    for (size_t i = 0; i < g->n_patterns; i++)
        for (size_t j = i + 1; j < g->n_patterns; j++)
            assert_string_not_equal(g->patterns[i].regex, g->patterns[j].regex);
}

static void cutting_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < BAWN_COUNT(rude); i++)
        harness_check_cuts(&harness, rude[i], 8);
    for (size_t i = 0; i < BAWN_COUNT(honest); i++)
        harness_check_cuts(&harness, honest[i], 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_rude_words), cmocka_unit_test(passes_honest_lookalikes), cmocka_unit_test(every_row_holds),
        cmocka_unit_test(no_word_is_listed_twice), cmocka_unit_test(cutting_changes_nothing),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
