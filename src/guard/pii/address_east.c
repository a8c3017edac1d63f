/* Postal addresses of China, Taiwan and Japan, which go from the country to the door: 北京市朝阳区建国路88号,
 * 東京都千代田区丸の内1-9-1. They begin with one of the 47 prefectures, or with a province or large city; then come a town and
 * numbers in the form of blocks, or a word for a street, the number and 号.
 *
 * Chinese ones without such a begin (中山路12號) are found from the number backwards, in requests only: the words with which
 * people lead up to an address (我住在, 地址是) are taken off, and a stream may have let go what is before the number. Korean
 * addresses have spaces: address_korea.c. Names: ISO 3166-2:JP and :CN, and the largest cities. */
#include "guard/pii/pii.h"

#define BACK 72     /* bytes of an address before its number: 24 letters */

static const bawn_kind kinds[] = { BAWN_PII("ADDRESS", BAWN_MASK, "address of China, Taiwan or Japan with a house number") };

#define ROW(name, lang, rest, other) { name, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.8f, lang, name rest, name other },
#define JA(name) ROW(name, "ja", "中央区本町1-9-1", "の人口は1400万人")
#define ZH(name) ROW(name, "zh", "中山区人民路88号", "有88条路")

/* The rows bring their own commas. */
static const bawn_pattern patterns[] = {
    JA("北海道") JA("青森県") JA("岩手県") JA("宮城県") JA("秋田県") JA("山形県") JA("福島県")
    JA("茨城県") JA("栃木県") JA("群馬県") JA("埼玉県") JA("千葉県") JA("東京都") JA("神奈川県")
    JA("新潟県") JA("富山県") JA("石川県") JA("福井県") JA("山梨県") JA("長野県") JA("岐阜県")
    JA("静岡県") JA("愛知県") JA("三重県") JA("滋賀県") JA("京都府") JA("大阪府") JA("兵庫県")
    JA("奈良県") JA("和歌山県") JA("鳥取県") JA("島根県") JA("岡山県") JA("広島県") JA("山口県")
    JA("徳島県") JA("香川県") JA("愛媛県") JA("高知県") JA("福岡県") JA("佐賀県") JA("長崎県")
    JA("熊本県") JA("大分県") JA("宮崎県") JA("鹿児島県") JA("沖縄県")
    ZH("北京市") ZH("上海市") ZH("天津市") ZH("重庆市") ZH("广东省") ZH("江苏省") ZH("浙江省")
    ZH("山东省") ZH("四川省") ZH("湖北省") ZH("湖南省") ZH("河南省") ZH("河北省") ZH("福建省")
    ZH("安徽省") ZH("辽宁省") ZH("吉林省") ZH("黑龙江省") ZH("江西省") ZH("山西省") ZH("陕西省")
    ZH("甘肃省") ZH("云南省") ZH("贵州省") ZH("海南省") ZH("青海省") ZH("广西壮族自治区")
    ZH("内蒙古自治区") ZH("宁夏回族自治区") ZH("新疆维吾尔自治区") ZH("西藏自治区") ZH("香港")
    ZH("澳门") ZH("广州市") ZH("深圳市") ZH("杭州市") ZH("南京市") ZH("成都市") ZH("武汉市")
    ZH("西安市") ZH("苏州市") ZH("臺北市") ZH("台北市") ZH("新北市") ZH("臺中市") ZH("台中市")
    ZH("高雄市") ZH("臺南市") ZH("台南市") ZH("桃園市")
};

/* Where the last of the words in text[from, to) ends; `none` when there is none of them. */
static size_t behind_last(bawn_probe *p, size_t from, size_t to, const char *const *words, size_t none)
{
    for (size_t i = to; i > from; i--) {
        size_t n = bawn_pii_word_before(p, from, i, words);
        if (n > 0)
            return i;
    }
    return none;
}

/* More of the same form behind: numbers, each with one of the words behind it. */
static size_t extended(bawn_probe *p, size_t end, const char *const *words)
{
    for (size_t i, n; (i = bawn_probe_past_digits(p, end, 5)) > end && (n = bawn_probe_one_of(p, i, words)) > 0;)
        end = i + n;
    return end;
}

static void found(bawn_probe *p, size_t begin, size_t end) { bawn_probe_found(p, 0, begin, end, 0.8f); }

/* A street, the number, 号, and what is behind it; the address begins at `begin`. */
static void chinese(bawn_probe *p, size_t begin, bawn_group number)
{
    static const char *const streets[] = { "路", "街", "大道", "道", "巷", "胡同", "弄", NULL };
    static const char *const signs[] = { "号", "號", "弄", NULL };
    static const char *const houses[] = { "楼", "樓", "院", NULL };
    static const char *const more[] = { "号楼", "号院", "号", "號", "栋", "棟", "幢", "楼", "樓", "层", "层楼", "单元", "單元", "室", "座", NULL };
    static const char *const never[] = { "条路", "條路", "条街", "條街", "走路", "一路", "知道", NULL };
    size_t street = bawn_pii_word_before(p, begin, number.begin, streets);
    if (street == 0 || number.begin - begin < street + 3 || bawn_pii_word_before(p, begin, number.begin, never))
        return;
    size_t sign = bawn_probe_one_of(p, number.end, signs), end = number.end + sign;
    if (sign > 0)
        found(p, begin, extended(p, end + bawn_probe_one_of(p, end, houses), more));
}

/* In requests: what stands before the street has no begin of its own. */
static void chinese_backwards(bawn_probe *p, bawn_group number)
{
    static const char *const leads[] = { "住在", "位于", "位於", "地址是", "地址为", "地址為", "寄到", "送到", "搬到", "住址是", "就在", "在", "是", "到", NULL };
    size_t begin = bawn_pii_back_wide(p, number.begin, BACK);
    begin = behind_last(p, begin, number.begin, leads, begin);
    chinese(p, begin, number);
}

/* "1-9-1", "1丁目9番1号", "9番地": from the first number on; its end, or 0. */
static size_t blocks(bawn_probe *p, bawn_group first)
{
    static const char *const signs[] = { "丁目", "番地の", "番地", "番", "号", "-", "－", "−", "の", NULL };
    size_t i = first.begin, end = 0, signs_seen = 0;
    for (int numbers = 0; numbers < 4; numbers++) {
        size_t digits = bawn_probe_past_digits(p, i, 5);
        if (digits == i)
            break;
        end = i = digits;
        size_t n = bawn_probe_one_of(p, i, signs);
        if (n == 0)
            break;
        signs_seen++;
        i += n;
        if (p->text.ptr[i - n] != '-' && !bawn_pii_is_digit(bawn_probe_at(p, i)))
            return i;
    }
    return signs_seen > 0 ? end : 0;
}

/* From the name of a prefecture, a province or a city on: letters to the first number. */
static void forwards(bawn_probe *p)
{
    static const char *const towns[] = { "市", "区", "町", "村", "郡", NULL };
    size_t begin = p->end - strlen(p->pattern->regex), i = p->end, end;
    p->begin = begin;
    for (int a, b, c; i - begin < BACK && (a = bawn_probe_at(p, i)) >= 0xE0; i += 3) {
        b = bawn_probe_at(p, i + 1);
        c = bawn_probe_at(p, i + 2);
        if (c < 0 || !bawn_pii_wide((unsigned char)a, (unsigned char)b, (unsigned char)c))
            return;
    }
    bawn_group number = { i, bawn_probe_past_digits(p, i, 6) };
    if (number.end == i || number.end - i > 5)
        return;
    if (p->pattern->lang[0] == 'z')
        chinese(p, begin, number);
    else if (behind_last(p, p->end, i, towns, SIZE_MAX) != SIZE_MAX && (end = blocks(p, number)) > 0)
        found(p, begin, end);
}

static void confirm(bawn_probe *p)
{
    bawn_group first;
    if (p->pattern)
        forwards(p);
    else if ((p->place & (BAWN_IN_SYSTEM | BAWN_IN_INPUT | BAWN_IN_UNTRUSTED)) && bawn_probe_groups(p, &first, 1) > 0 &&
             bawn_probe_back(p, first.begin) >= 0x80 && first.end - first.begin <= 5)
        chinese_backwards(p, first);
}

const bawn_guard bawn_guard_pii_address_east = {
    .guard = "pii", .id = "pii.address_east",
    .doc = "Addresses of China, Taiwan and Japan by prefecture, province or large city, street and house number; in requests Chinese ones "
           "that begin with a street too.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .digits_min = 1, .digits_max = 255, .confirm = confirm,
};
