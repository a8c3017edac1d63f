/* Which scripts a language is written in, and which script a letter belongs to (blocks of Unicode 15). */
#include "guard/limits/limits.h"

enum { LATIN, GREEK, CYRILLIC, ARMENIAN, HEBREW, ARABIC, DEVANAGARI, BENGALI, GURMUKHI, GUJARATI, ORIYA, TAMIL, TELUGU, KANNADA,
       MALAYALAM, SINHALA, THAI, LAO, TIBETAN, MYANMAR, GEORGIAN, HANGUL, ETHIOPIC, KHMER, MONGOLIAN, KANA, HAN, OTHER };
#define BIT(script) ((uint64_t)1 << (script))

static const struct { uint32_t first, last; uint8_t script; } blocks[] = {
    { 0xC0, 0x24F, LATIN }, { 0x250, 0x2AF, LATIN }, { 0x370, 0x3FF, GREEK }, { 0x400, 0x52F, CYRILLIC }, { 0x531, 0x58F, ARMENIAN },
    { 0x591, 0x5F4, HEBREW }, { 0x620, 0x65F, ARABIC }, { 0x66E, 0x6EF, ARABIC }, { 0x6FA, 0x6FF, ARABIC }, { 0x700, 0x74F, OTHER },
    { 0x750, 0x77F, ARABIC }, { 0x780, 0x85F, OTHER }, { 0x860, 0x8FF, ARABIC }, { 0x900, 0x963, DEVANAGARI }, { 0x971, 0x97F, DEVANAGARI },
    { 0x980, 0x9E5, BENGALI }, { 0xA00, 0xA65, GURMUKHI }, { 0xA70, 0xA7F, GURMUKHI }, { 0xA80, 0xAE5, GUJARATI }, { 0xB00, 0xB65, ORIYA },
    { 0xB82, 0xBE5, TAMIL }, { 0xC00, 0xC65, TELUGU }, { 0xC80, 0xCE5, KANNADA }, { 0xD00, 0xD65, MALAYALAM }, { 0xD80, 0xDE5, SINHALA },
    { 0xE01, 0xE4E, THAI }, { 0xE80, 0xECF, LAO }, { 0xEDC, 0xEDF, LAO }, { 0xF00, 0xF1F, TIBETAN }, { 0xF40, 0xFBC, TIBETAN },
    { 0x1000, 0x103F, MYANMAR }, { 0x1050, 0x108F, MYANMAR }, { 0x10A0, 0x10FF, GEORGIAN }, { 0x1100, 0x11FF, HANGUL }, { 0x1200, 0x139F, ETHIOPIC },
    { 0x13A0, 0x177F, OTHER }, { 0x1780, 0x17D3, KHMER }, { 0x1820, 0x18AF, MONGOLIAN }, { 0x18B0, 0x1C7F, OTHER }, { 0x1C80, 0x1C8F, CYRILLIC },
    { 0x1C90, 0x1CBF, GEORGIAN }, { 0x1D00, 0x1DBF, LATIN }, { 0x1E00, 0x1EFF, LATIN }, { 0x1F00, 0x1FFF, GREEK }, { 0x2C00, 0x2C5F, OTHER },
    { 0x2C60, 0x2C7F, LATIN }, { 0x2D00, 0x2D2F, GEORGIAN }, { 0x2D30, 0x2D7F, OTHER }, { 0x2D80, 0x2DDF, ETHIOPIC }, { 0x2DE0, 0x2DFF, CYRILLIC },
    { 0x3005, 0x3007, HAN }, { 0x3041, 0x30FF, KANA }, { 0x3105, 0x312F, HAN }, { 0x3131, 0x318E, HANGUL }, { 0x31F0, 0x31FF, KANA },
    { 0x3400, 0x4DBF, HAN }, { 0x4E00, 0x9FFF, HAN }, { 0xA000, 0xA63F, OTHER }, { 0xA640, 0xA69F, CYRILLIC }, { 0xA720, 0xA7FF, LATIN },
    { 0xA800, 0xABFF, OTHER }, { 0xAC00, 0xD7FB, HANGUL }, { 0xF900, 0xFAFF, HAN }, { 0xFB00, 0xFB06, LATIN }, { 0xFB13, 0xFB17, ARMENIAN },
    { 0xFB1D, 0xFB4F, HEBREW }, { 0xFB50, 0xFDFB, ARABIC }, { 0xFE70, 0xFEFC, ARABIC }, { 0xFF21, 0xFF3A, LATIN }, { 0xFF41, 0xFF5A, LATIN },
    { 0xFF66, 0xFF9D, KANA }, { 0xFFA1, 0xFFDC, HANGUL }, { 0x10000, 0x1CFFF, OTHER }, { 0x1E000, 0x1EFFF, OTHER }, { 0x20000, 0x3FFFF, HAN },
};

/* OTHER + 1 when it is no letter. */
static int script_of(uint32_t c)
{
    if (c < 0x80)
        return bawn_is_alpha((unsigned char)c) ? LATIN : OTHER + 1;
    if (c == 0xD7 || c == 0xF7)
        return OTHER + 1;
    size_t low = 0, high = BAWN_COUNT(blocks);
    while (low < high) {
        size_t mid = (low + high) / 2;
        if (c > blocks[mid].last)
            low = mid + 1;
        else
            high = mid;
    }
    return low < BAWN_COUNT(blocks) && c >= blocks[low].first ? blocks[low].script : OTHER + 1;
}

uint64_t bawn_limits_script(uint32_t *weight, uint32_t c)
{
    int script = script_of(c);
    *weight = script > OTHER ? 0 : script == HAN || script == KANA ? 3 : script == HANGUL ? 2 : 1;
    return script > OTHER ? 0 : BIT(script);
}

static const struct { uint64_t scripts; const char *languages; } written[] = {
    { BIT(LATIN), "en fr de es pt it nl sv da no nb nn fi is pl cs sk sl hr bs hu ro et lv lt tr az uz vi id ms tl fil sw ca gl eu ga cy gd mt sq "
                  "af lb eo la ha yo ig so zu xh jv su ku tk ht rm br" },
    { BIT(CYRILLIC), "ru uk be bg mk kk ky tg mn tt ba ce" }, { BIT(CYRILLIC) | BIT(LATIN), "sr" }, { BIT(GREEK), "el" },
    { BIT(ARMENIAN), "hy" }, { BIT(HEBREW), "he iw yi" }, { BIT(ARABIC), "ar fa ur ps sd ug ckb" }, { BIT(DEVANAGARI), "hi mr ne sa" },
    { BIT(BENGALI), "bn as" }, { BIT(GURMUKHI), "pa" }, { BIT(GUJARATI), "gu" }, { BIT(ORIYA), "or" }, { BIT(TAMIL), "ta" },
    { BIT(TELUGU), "te" }, { BIT(KANNADA), "kn" }, { BIT(MALAYALAM), "ml" }, { BIT(SINHALA), "si" }, { BIT(THAI), "th" }, { BIT(LAO), "lo" },
    { BIT(TIBETAN), "bo dz" }, { BIT(MYANMAR), "my" }, { BIT(GEORGIAN), "ka" }, { BIT(HANGUL) | BIT(HAN), "ko" }, { BIT(ETHIOPIC), "am ti" },
    { BIT(KHMER), "km" }, { BIT(KANA) | BIT(HAN), "ja" }, { BIT(HAN), "zh yue wuu" },
};

bool bawn_limits_language(uint64_t *scripts, bawn_slice language)
{
    size_t n = 0;
    while (n < language.len && language.ptr[n] != '-' && language.ptr[n] != '_')
        n++;
    if (n < 2 || n > 3)
        return false;
    for (size_t i = 0; i < BAWN_COUNT(written); i++)
        for (const char *w = written[i].languages; *w; w += strcspn(w, " "), w += *w == ' ')
            if (strcspn(w, " ") == n && bawn_slice_eq_nocase(bawn_slice_of(w, n), bawn_slice_of(language.ptr, n))) {
                *scripts |= written[i].scripts;
                return true;
            }
    return false;
}
