/* shape.c: ids and base64 by their bytes. A prompt hidden in an id has spaces; what has none and is short cannot say
 * much. An @ makes an address: that is text. The raw bytes are looked at, so an escape (a backslash) is never an id's. */
#include "dialect/shape.h"

#define ID 1
#define B64 2
#define BOTH (ID | B64)

#define B(c) [c] = BOTH
static const uint8_t shape[256] = {
    B('0'), B('1'), B('2'), B('3'), B('4'), B('5'), B('6'), B('7'), B('8'), B('9'), B('A'),
    B('B'), B('C'), B('D'), B('E'), B('F'), B('G'), B('H'), B('I'), B('J'), B('K'), B('L'),
    B('M'), B('N'), B('O'), B('P'), B('Q'), B('R'), B('S'), B('T'), B('U'), B('V'), B('W'),
    B('X'), B('Y'), B('Z'), B('a'), B('b'), B('c'), B('d'), B('e'), B('f'), B('g'), B('h'),
    B('i'), B('j'), B('k'), B('l'), B('m'), B('n'), B('o'), B('p'), B('q'), B('r'), B('s'),
    B('t'), B('u'), B('v'), B('w'), B('x'), B('y'), B('z'), B('-'), B('_'), B('+'), B('/'),
    B('='),
    ['.'] = ID, [':'] = ID, [','] = ID, ['#'] = ID, ['~'] = ID,
};

static bool all(bawn_slice raw, uint8_t bit)
{
    for (size_t i = 0; i < raw.len; i++)
        if (!(shape[(unsigned char)raw.ptr[i]] & bit))
            return false;
    return true;
}

bool bawn_shape_id(bawn_slice raw)
{
    return raw.len <= 128 && all(raw, ID);
}

bool bawn_shape_base64(bawn_slice raw)
{
    return all(raw, B64);
}
