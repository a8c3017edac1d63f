/* Postal addresses of China, Taiwan and Japan, found from the house number backwards, for they go from the country to the
 * door: 北京市朝阳区建国路88号, 東京都千代田区丸の内1-9-1.
 *
 * Chinese: a word for a street, the number, 号; Japanese: one of the 47 prefectures, a town, and numbers in the form of
 * blocks. What stands before a Chinese address has no space to part it: the words with which people lead up to one (我住在,
 * 地址是) are taken off. Korean addresses have spaces, behind which a stream has let go what is before the number: they are
 * the token pass's affair. */
#include "guard/pii/pii.h"

#define BACK 72     /* bytes of an address before its number: 24 letters; a stream holds so much of a text without spaces */

static const bawn_kind kinds[] = { BAWN_PII("ADDRESS", BAWN_MASK, "address of China, Taiwan or Japan with a house number") };

static bool is_digit(int c) { return c >= 0 && bawn_is_digit((unsigned char)c); }

/* The length of the first of the words that stands at i, or 0. */
static size_t word_at(bawn_probe *p, size_t i, const char *const *words)
{
    for (; *words; words++) {
        size_t n = 0;
        for (int c; (*words)[n] && (c = bawn_probe_at(p, i + n)) >= 0 && (char)c == (*words)[n]; n++)
            ;
        if (!(*words)[n])
            return n;
    }
    return 0;
}

/* The same right before `end`, at or behind `from`. */
static size_t word_before(const bawn_probe *p, size_t from, size_t end, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        if (end >= from + n && memcmp(p->text.ptr + end - n, *words, n) == 0)
            return n;
    }
    return 0;
}

/* Where the last of the words in text[from, to) ends; `none` when there is none of them. */
static size_t behind_last(bawn_probe *p, size_t from, size_t to, const char *const *words, size_t none)
{
    for (size_t i = to; i > from; i--) {
        size_t n = word_before(p, from, i, words);
        if (n > 0)
            return i;
    }
    return none;
}

/* More of the same form behind: numbers, each with one of the words behind it. */
static size_t extended(bawn_probe *p, size_t end, const char *const *words)
{
    for (size_t i = end, digits; ; end = i) {
        for (digits = 0; digits < 5 && is_digit(bawn_probe_at(p, i)); digits++)
            i++;
        size_t n = digits > 0 ? word_at(p, i, words) : 0;
        if (n == 0)
            return end;
        i += n;
    }
}

static void found(bawn_probe *p, size_t begin, size_t end) { bawn_probe_found(p, 0, begin, end, 0.8f); }

static bool chinese(bawn_probe *p, bawn_group number)
{
    static const char *const streets[] = { "路", "街", "大道", "道", "巷", "胡同", "弄", NULL };
    static const char *const signs[] = { "号", "號", "弄", NULL };
    static const char *const more[] = { "号楼", "号院", "号", "號", "栋", "棟", "幢", "楼", "樓", "层", "层楼", "单元", "單元", "室", "座", NULL };
    static const char *const leads[] = { "住在", "位于", "位於", "地址是", "地址为", "地址為", "寄到", "送到", "搬到", "住址是", "就在", "在", "是", "到", NULL };
    static const char *const never[] = { "条路", "條路", "条街", "條街", "走路", "一路", "知道", NULL };
    size_t street = word_before(p, 0, number.begin, streets);
    if (street == 0 || number.end - number.begin > 5 || word_before(p, 0, number.begin, never))
        return false;
    size_t begin = bawn_pii_back_wide(p, number.begin, BACK);
    begin = behind_last(p, begin, number.begin - street, leads, begin);
    if (number.begin - begin < street + 3)
        return false;
    p->begin = begin;           /* what is held while the rest comes */
    size_t sign = word_at(p, number.end, signs);
    if (sign == 0)
        return false;
    static const char *const houses[] = { "楼", "樓", "院", NULL };
    size_t end = number.end + sign;
    found(p, begin, extended(p, end + word_at(p, end, houses), more));
    return true;
}

static const char *const prefectures[] = {
    "北海道", "青森県", "岩手県", "宮城県", "秋田県", "山形県", "福島県", "茨城県", "栃木県", "群馬県", "埼玉県", "千葉県", "東京都", "神奈川県", "新潟県",
    "富山県", "石川県", "福井県", "山梨県", "長野県", "岐阜県", "静岡県", "愛知県", "三重県", "滋賀県", "京都府", "大阪府", "兵庫県", "奈良県", "和歌山県",
    "鳥取県", "島根県", "岡山県", "広島県", "山口県", "徳島県", "香川県", "愛媛県", "高知県", "福岡県", "佐賀県", "長崎県", "熊本県", "大分県", "宮崎県",
    "鹿児島県", "沖縄県", NULL };

/* "1-9-1", "1丁目9番1号", "9番地": from the first number on; its end, or 0. */
static size_t blocks(bawn_probe *p, bawn_group first)
{
    static const char *const signs[] = { "丁目", "番地の", "番地", "番", "号", "-", "－", "−", "の", NULL };
    size_t i = first.begin, end = 0, signs_seen = 0;
    for (int numbers = 0; numbers < 4; numbers++) {
        size_t from = i;
        while (i - from < 5 && is_digit(bawn_probe_at(p, i)))
            i++;
        if (i == from)
            break;
        end = i;
        size_t n = word_at(p, i, signs);
        if (n == 0)
            break;
        signs_seen++;
        i += n;
        if (p->text.ptr[i - n] != '-' && !is_digit(bawn_probe_at(p, i)))
            return i;
    }
    return signs_seen > 0 ? end : 0;
}

static bool japanese(bawn_probe *p, bawn_group number)
{
    static const char *const towns[] = { "市", "区", "町", "村", "郡", NULL };
    size_t from = bawn_pii_back_wide(p, number.begin, BACK), town = behind_last(p, from, number.begin, towns, SIZE_MAX);
    if (town == SIZE_MAX)
        return false;
    size_t behind = behind_last(p, from, town, prefectures, SIZE_MAX);
    if (behind == SIZE_MAX)
        return false;
    p->begin = behind - word_before(p, from, behind, prefectures);
    size_t end = blocks(p, number);
    if (end > 0)
        found(p, p->begin, end);
    return end > 0;
}

static void confirm(bawn_probe *p)
{
    bawn_group g[24];
    size_t n = bawn_probe_groups(p, g, BAWN_COUNT(g));
    int before = n > 0 ? bawn_probe_back(p, g[0].begin) : -1;
    if (before >= 0x80 && !chinese(p, g[0]))
        japanese(p, g[0]);
}

const bawn_guard bawn_guard_pii_address_east = {
    .guard = "pii", .id = "pii.address_east",
    .doc = "Addresses of China, Taiwan and Japan by street or prefecture and the house number.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .digits_min = 1, .digits_max = 255, .confirm = confirm,
};
