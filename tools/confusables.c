/* confusables: writes the tables of the text room (src/text/tables.h) from ICU's data, as C, to standard output.
 *
 * Runs at build time only. Classes come from ICU's properties (UAX 44), stability from NFKC_Quick_Check (UAX 15),
 * look-alikes from uspoof_getSkeleton (UTS 39). Of the skeletons only those count which are one ASCII letter or
 * digit, and only for letters and numbers: the table's rewriting of ASCII itself (m to rn, I and 1 to l, 0 to O)
 * is undone here. Latin letters up to U+017F are kept: they are the alphabets of living languages. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>

#include "text/folds.h"
#include "text/tables.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
enum { POINTS = 0x110000, BLOCKS = POINTS / 64 };

static uint8_t classes[POINTS];
static char looks[POINTS];

static void die(const char *what)
{
    fprintf(stderr, "confusables: %s\n", what);
    exit(1);
}

static bool folded_by_hand(UChar32 c)
{
    for (size_t i = 0; i < COUNT(bawn_small_capitals); i++)
        if (bawn_small_capitals[i].from == (uint32_t)c)
            return true;
    for (size_t i = 0; i < COUNT(bawn_turned); i++)
        if (bawn_turned[i].from == (uint32_t)c)
            return true;
    return (c >= 0x1F150 && c <= 0x1F169) || (c >= 0x1F170 && c <= 0x1F189) || (c >= 0x1F1E6 && c <= 0x1F1FF);
}

/* Characters that are not seen: zero width, fillers, directions, tags, selectors, controls. What the sanitiser takes out of a
 * text must be none that is read otherwise here: what is judged would not be what is passed on. */
static bool dropped(UChar32 c)
{
    return u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT) || c == 0x7F || c == 0x180E || c == 0xFFF9 ||
           c == 0xFFFA || c == 0xFFFB || (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x80 && c < 0xA0);
}

/* Changed by NFKC, or could be together with what stands before. */
static bool unstable(const UNormalizer2 *nfkc, UChar32 c)
{
    UChar out[64];
    UErrorCode e = U_ZERO_ERROR;
    if (u_getIntPropertyValue(c, UCHAR_NFKC_QUICK_CHECK) == UNORM_YES)
        return false;
    if (bawn_text_keeps_form((uint32_t)c) || bawn_text_wide_sign((uint32_t)c))
        return false;
    int32_t n = unorm2_getDecomposition(nfkc, c, out, 64, &e);
    bool spacing_accent = n > 1 && out[0] == ' ' && U_SUCCESS(e);
    return !spacing_accent || u_getIntPropertyValue(c, UCHAR_NFC_QUICK_CHECK) == UNORM_NO;   /* it stays, or is another one */
}

static char look_of(const USpoofChecker *spoof, UChar32 c)
{
    UErrorCode e = U_ZERO_ERROR;
    char in[5] = { 0 }, out[64];
    int32_t n = 0;
    int category = u_charType(c);
    bool letter = category <= U_OTHER_LETTER && category >= U_UPPERCASE_LETTER;
    bool number = category >= U_DECIMAL_DIGIT_NUMBER && category <= U_OTHER_NUMBER;

    if (c < 0x180 || !(letter || number))
        return 0;
    UScriptCode script = uscript_getScript(c, &e);
    if (script == USCRIPT_HAN || script == USCRIPT_HANGUL || script == USCRIPT_KATAKANA || script == USCRIPT_HIRAGANA)
        return 0;
    UChar wide[2];
    U16_APPEND_UNSAFE(wide, n, (uint32_t)c);
    u_strToUTF8(in, sizeof in, &n, wide, n, &e);
    int32_t m = uspoof_getSkeletonUTF8(spoof, 0, in, n, out, sizeof out, &e);
    if (U_FAILURE(e))
        return 0;
    if (m == 2 && out[0] == 'r' && out[1] == 'n')
        return 'm';
    if (m != 1 || !((number && out[0] >= '0' && out[0] <= '9') || (out[0] >= 'a' && out[0] <= 'z') || (out[0] >= 'A' && out[0] <= 'Z')))
        return 0;
    if (out[0] == 'l' && (category == U_UPPERCASE_LETTER || c == 0x04CF))
        return 'I';
    return out[0] == 'O' && number ? 'o' : out[0];
}

static uint8_t class_of(const UNormalizer2 *nfkc, UChar32 c)
{
    UErrorCode e = U_ZERO_ERROR;
    int category = u_charType(c);
    bool letter = category >= U_UPPERCASE_LETTER && category <= U_OTHER_LETTER;
    bool number = category >= U_DECIMAL_DIGIT_NUMBER && category <= U_OTHER_NUMBER;
    bool mark = category >= U_NON_SPACING_MARK && category <= U_COMBINING_SPACING_MARK;
    unsigned k = 0;

    if (dropped(c))
        return C_DROPPED;
    if (u_hasBinaryProperty(c, UCHAR_WHITE_SPACE) || c == 0x2800)     /* the blank of Braille */
        return C_SPACE;
    if (folded_by_hand(c) || bawn_text_private((uint32_t)c) || bawn_text_loose_mark((uint32_t)c) || unstable(nfkc, c))
        k |= C_WORK;
    if (looks[c] || bawn_text_wide_sign((uint32_t)c) || bawn_text_apostrophe((uint32_t)c))
        k |= C_LOOK;
    else if (letter)
        k |= uscript_getScript(c, &e) == USCRIPT_LATIN ? C_LATIN : C_OTHER;
    if (letter || number)
        k |= C_ALNUM;
    if (u_getCombiningClass(c))
        k |= C_MARK;
    if (mark || (c >= 0x1160 && c <= 0x11FF) || c == 0xFF9E || c == 0xFF9F)
        k |= C_GLUE;
    return (uint8_t)k;
}

static void write_classes(void)
{
    static uint16_t index[BLOCKS];
    static int first[BLOCKS];
    int n = 0;

    printf("const uint8_t bawn_text_class_blocks[][64] = {\n");
    for (int b = 0; b < BLOCKS; b++) {
        int same = 0;
        while (same < n && memcmp(classes + first[same] * 64, classes + b * 64, 64))
            same++;
        index[b] = (uint16_t)same;
        if (same < n)
            continue;
        first[n++] = b;
        printf("{");
        for (int i = 0; i < 64; i++)
            printf("%d,", classes[b * 64 + i]);
        printf("},\n");
    }
    printf("};\nconst uint16_t bawn_text_class_index[0x110000 / 64] = {");
    for (int b = 0; b < BLOCKS; b++)
        printf("%s%d,", b % 32 ? "" : "\n", index[b]);
    printf("\n};\n");
}

static void write_ascii(void)
{
    printf("const uint16_t bawn_text_ascii[128] = {");
    for (int c = 0; c < 128; c++) {
        unsigned k = classes[c];
        if (c >= '0' && c <= '9')
            k |= C_DIGIT;
        if (c && strchr("@$!|+", c))
            k |= C_SIGN;
        if (c && strchr(".-_*|/,", c))
            k |= C_APART;
        if (c > ' ' && c < 0x7F && !strchr("\"'<>()[],`", c))
            k |= C_CODEWORD;
        if (c && (u_isalnum(c) || strchr("+/-_", c)))
            k |= C_BASE64;
        if (c && strchr("&%\\", c))
            k |= C_ESCAPE;
        if (c && strchr("*_~`<>\"", c))
            k |= C_EDGE;
        printf("%s%u,", c % 16 ? "" : "\n", k);
    }
    printf("\n};\n");
}

static void write_looks(void)
{
    size_t n = 0;
    printf("const bawn_text_look bawn_text_looks[] = {\n");
    for (int c = 0; c < POINTS; c++)
        if (looks[c]) {
            printf("{0x%X,'%c'},%s", (unsigned)c, looks[c], n % 8 == 7 ? "\n" : "");
            n++;
        }
    printf("};\nconst size_t bawn_text_n_looks = %zu;\n", n);
    if (n < 200)
        die("ICU's table of confusables gave fewer than 200 letters: is the data of libicu complete?");
}

/* Lower case letters beyond ASCII of the languages written in Latin script. */
static const char *const alphabets[] = {
    "ạ",                                        /* bit 0: Vietnamese; its own block by rule, the rest below */
    "äöüß",                                     /* bit 1: German */
    "âêîôûŵŷàèìòùáéíóúäëïöüẃẁẅ",                /* bit 2: Welsh */
    "àâæçéèêëîïôœùûüÿ", "áéíñóúü", "àáâãçéêíóôõúüò", "àèéìíîòóùú", "áéíóúëïöüèêç", "æøåéèêóòâôü", "åäöéàüš",
    "äöõüšž", "áðéíóúýþæö", "ąćęłńóśźż", "áčďéěíňóřšťúůýžäĺľŕô", "áéíóöőúüű", "ăâîșțşţ", "çğıöşüâîûİ",
    "çəğıöşüİ", "āčēģīķļņšūžōŗ", "ąčęėįšųūž", "čćđšž", "çë", "àçéèíïóòúü", "ċġħż", "ĉĝĥĵŝŭ",
    "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü", "āīūēō",
};
static const char vietnamese[] = "àáãăâèéêìíĩòóõôơùúũưýđ";

static void add_letters(uint32_t *mask, const char *utf8, unsigned bit)
{
    UChar wide[256];
    UErrorCode e = U_ZERO_ERROR;
    int32_t n = 0;
    u_strFromUTF8(wide, 256, &n, utf8, -1, &e);
    if (U_FAILURE(e))
        die(u_errorName(e));
    for (int32_t i = 0; i < n; i++) {                         /* all of them are below U+10000 */
        UChar32 c = wide[i];
        UChar32 both[2] = { c, u_toupper(c) };
        for (int k = 0; k < 2; k++)
            if (both[k] >= 0xC0 && both[k] < 0x250)
                mask[both[k] - 0xC0] |= 1u << bit;
    }
}

static bool has_base(const UNormalizer2 *nfc, UChar32 c)
{
    UChar out[16];
    UErrorCode e = U_ZERO_ERROR;
    for (size_t i = 0; i < COUNT(bawn_barred); i++)
        if (bawn_barred[i].from == (uint32_t)c)
            return true;
    return unorm2_getDecomposition(nfc, c, out, 16, &e) > 1 && out[0] < 0x250;
}

static void write_alphabets(const UNormalizer2 *nfc)
{
    static uint32_t mask[0x250 - 0xC0];
    for (unsigned bit = 0; bit < COUNT(alphabets); bit++)
        add_letters(mask, alphabets[bit], bit);
    add_letters(mask, vietnamese, 0);
    printf("const uint32_t bawn_text_vietnamese = 1u, bawn_text_german = 2u, bawn_text_welsh = 4u;\n"
           "const uint32_t bawn_text_alphabets[BAWN_ALPHABET_END - BAWN_ALPHABET_FIRST] = {");
    for (UChar32 c = 0xC0; c < 0x250; c++)
        printf("%s0x%Xu,", c % 8 ? "" : "\n", has_base(nfc, c) ? mask[c - 0xC0] : UINT32_MAX);
    printf("\n};\n");
}

static void write_scripts(void)
{
    UErrorCode e = U_ZERO_ERROR;
    static const char *names[USCRIPT_CODE_LIMIT];
    int last = -1;
    size_t n = 0;

    printf("const bawn_text_script_range bawn_text_script_ranges[] = {\n");
    for (UChar32 c = 0; c < POINTS; c++) {
        int s = uscript_getScript(c, &e);
        if (s <= USCRIPT_INHERITED || s == USCRIPT_UNKNOWN || s >= USCRIPT_CODE_LIMIT)
            s = USCRIPT_COMMON;
        if (s == last)
            continue;
        printf("{0x%X,%d},%s", (unsigned)c, s, n % 8 == 7 ? "\n" : "");
        names[s] = uscript_getName((UScriptCode)s);
        last = s;
        n++;
    }
    printf("};\nconst size_t bawn_text_n_script_ranges = %zu;\nconst char *const bawn_text_script_names[] = {\n", n);
    for (int s = 0; s < USCRIPT_CODE_LIMIT; s++)
        printf("\"%s\",%s", names[s] ? names[s] : "Common", s % 8 == 7 ? "\n" : "");
    printf("};\n");
}

int main(void)
{
    UErrorCode e = U_ZERO_ERROR;
    USpoofChecker *spoof = uspoof_open(&e);
    const UNormalizer2 *nfkc = unorm2_getNFKCInstance(&e), *nfc = unorm2_getNFCInstance(&e);
    if (U_FAILURE(e))
        die(u_errorName(e));
    for (UChar32 c = 0; c < POINTS; c++)
        looks[c] = u_charType(c) == U_UNASSIGNED || (c >= 0xD800 && c < 0xE000) || unstable(nfkc, c) || folded_by_hand(c) ? 0
                 : look_of(spoof, c);
    for (UChar32 c = 0; c < POINTS; c++)
        classes[c] = class_of(nfkc, c);
    printf("/* Made by tools/confusables.c from ICU %s (Unicode %s). */\n#include \"text/tables.h\"\n\n", U_ICU_VERSION,
           U_UNICODE_VERSION);
    write_ascii();
    write_classes();
    write_looks();
    write_alphabets(nfc);
    write_scripts();
    uspoof_close(spoof);
    return fflush(stdout) || ferror(stdout) ? 1 : 0;
}
