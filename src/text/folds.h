/* folds.h: letters that neither NFKC nor the confusables table turns into ASCII, and the alphabets of Latin script.
 * Shared by the table maker (tools/confusables.c) and the folder, so that both know the same characters.
 *
 * Sources: Unicode 15 charts (Phonetic Extensions, IPA Extensions, Enclosed Alphanumeric Supplement); alphabets from
 * CLDR's exemplar characters, written down by hand. */
#ifndef BAWN_TEXT_FOLDS_H
#define BAWN_TEXT_FOLDS_H

#include <stdint.h>

typedef struct { uint32_t from; char to; } bawn_text_fold;

/* Small capitals; sorted. */
static const bawn_text_fold bawn_small_capitals[] = {
    { 0x0262, 'g' }, { 0x026A, 'i' }, { 0x0274, 'n' }, { 0x0280, 'r' }, { 0x028F, 'y' }, { 0x0299, 'b' },
    { 0x029C, 'h' }, { 0x029F, 'l' }, { 0x1D00, 'a' }, { 0x1D04, 'c' }, { 0x1D05, 'd' }, { 0x1D07, 'e' },
    { 0x1D0A, 'j' }, { 0x1D0B, 'k' }, { 0x1D0D, 'm' }, { 0x1D0F, 'o' }, { 0x1D18, 'p' }, { 0x1D1B, 't' },
    { 0x1D1C, 'u' }, { 0x1D20, 'v' }, { 0x1D21, 'w' }, { 0x1D22, 'z' }, { 0xA730, 'f' }, { 0xA731, 's' },
    { 0xA7AF, 'q' },
};

/* Letters turned by half a circle, as the usual generators write them; sorted. */
static const bawn_text_fold bawn_turned[] = {
    { 0x0183, 'g' }, { 0x0186, 'C' }, { 0x018E, 'E' }, { 0x01DD, 'e' }, { 0x0250, 'a' }, { 0x0254, 'c' },
    { 0x025F, 'f' }, { 0x0265, 'h' }, { 0x026F, 'm' }, { 0x0279, 'r' }, { 0x027E, 'j' }, { 0x0287, 't' },
    { 0x028C, 'v' }, { 0x028D, 'w' }, { 0x028E, 'y' }, { 0x029E, 'k' }, { 0x1D09, 'i' }, { 0x1D1A, 'R' },
    { 0x1D77, 'g' }, { 0x2132, 'F' }, { 0x2141, 'G' }, { 0x2142, 'L' }, { 0x2144, 'Y' }, { 0xA781, 'l' },
};
/* Those that read as another ordinary character when turned: they go along, but do not show anything. */
static const bawn_text_fold bawn_turned_too[] = {
    { '!', '!' }, { '\'', ',' }, { ',', '\'' }, { '.', '.' }, { 'H', 'H' }, { 'I', 'I' }, { 'M', 'W' },
    { 'N', 'N' }, { 'O', 'O' }, { 'S', 'S' }, { 'W', 'M' }, { 'X', 'X' }, { 'Z', 'Z' }, { 'b', 'q' },
    { 'd', 'p' }, { 'l', 'l' }, { 'n', 'u' }, { 'o', 'o' }, { 'p', 'd' }, { 'q', 'b' }, { 's', 's' },
    { 'u', 'n' }, { 'x', 'x' }, { 'z', 'z' }, { 0x00A1, '!' }, { 0x00BF, '?' }, { 0x0131, 'i' },
    { 0x017F, 'j' }, { 0x02D9, '.' }, { 0x039B, 'V' }, { 0x0500, 'P' }, { 0x2200, 'A' }, { 0x2229, 'U' },
    { 0x22A5, 'T' }, { 0x2534, 'T' },
};

/* Letters with a bar or stroke that have no decomposition. */
static const bawn_text_fold bawn_barred[] = {
    { 0x00D8, 'O' }, { 0x00F8, 'o' }, { 0x0110, 'D' }, { 0x0111, 'd' }, { 0x0126, 'H' }, { 0x0127, 'h' },
    { 0x0141, 'L' }, { 0x0142, 'l' }, { 0x0166, 'T' }, { 0x0167, 't' }, { 0x0180, 'b' }, { 0x0197, 'I' },
    { 0x01B5, 'Z' }, { 0x01B6, 'z' }, { 0x01E4, 'G' }, { 0x01E5, 'g' }, { 0x023C, 'c' }, { 0x0247, 'e' },
    { 0x0249, 'j' }, { 0x024D, 'r' }, { 0x024F, 'y' }, { 0x0268, 'i' }, { 0x0289, 'u' },
};

/* Compatibility characters that belong to ordinary prose: undoing them would unsettle whole languages and hides
 * nothing. Thai and Lao AM, Hangul letters written alone, the ellipsis. */
static inline int bawn_text_keeps_form(uint32_t c)
{
    return c == 0x0E33 || c == 0x0EB3 || c == 0x2026 || (c >= 0x3131 && c <= 0x318E && c != 0x3164);
}
/* The full-width signs that Chinese and Japanese prose is full of (！％（）＋，－．／：；？～), folded only between ASCII letters,
 * and full stops and slashes beside each other (．．／). The other ones, which code has, are folded wherever they stand. */
static inline int bawn_text_wide_sign(uint32_t c)
{
    return c == 0xFF01 || c == 0xFF05 || c == 0xFF08 || c == 0xFF09 || (c >= 0xFF0B && c <= 0xFF0F) || c == 0xFF1A || c == 0xFF1B ||
           c == 0xFF1F || c == 0xFF5E;
}
/* What phones and word processors put for the apostrophe inside a word. */
static inline int bawn_text_apostrophe(uint32_t c) { return c == 0x2019 || c == 0x02BC; }
/* Marks that fit on any letter of any script: accents, strokes, underlines, enclosing circles; and what Arabic may be written
 * with or without: vowels, and the line that makes a word longer. */
static inline int bawn_text_loose_mark(uint32_t c)
{
    return (c >= 0x300 && c <= 0x36F) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) ||
           (c >= 0x20D0 && c <= 0x20FF && c != 0x20E3) || (c >= 0xFE20 && c <= 0xFE2F) || (c >= 0x064B && c <= 0x0652) || c == 0x0670 ||
           c == 0x0640;
}
/* What no standard says the look of: fonts of icons use it, most others show nothing. */
static inline int bawn_text_private(uint32_t c)
{
    return (c >= 0xE000 && c <= 0xF8FF) || (c >= 0xF0000 && c <= 0xFFFFD) || (c >= 0x100000 && c <= 0x10FFFD);
}

#endif
