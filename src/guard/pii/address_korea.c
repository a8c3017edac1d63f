/* Postal addresses of Korea, from the province or large city to the door, by road or by lot: 서울특별시 강남구 테헤란로 123,
 * 경기도 성남시 분당구 삼평동 681-1. Names: ISO 3166-2:KR, long and short; the form: Road Name Address Act, article 7.
 *
 * Behind the name come a city, county or ward (…시, …군, …구; Sejong has none), perhaps more words, and a road (…로, …길) or a
 * quarter (…동, …리, …읍, …면, …3가) with its number. The commonest particles of prose sound alike (으로 "by", 가 of the
 * subject): so the ward must be there, and the number must end as one of an address does. */
#include "guard/pii/pii.h"

#define WORDS 6     /* between the name and the number: city, ward, town, road, lane */

static const bawn_kind kinds[] = { BAWN_PII("ADDRESS", BAWN_MASK, "address of Korea with a house number") };

#define KO(name, rest) { name, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.8f, "ko", name rest " 강남구 테헤란로 123", name rest " 인구는 940만 명" },

/* The rows bring their own commas. What makes a short name long is read by name_end(). */
static const bawn_pattern patterns[] = {
    KO("서울", "특별시") KO("부산", "광역시") KO("대구", "광역시") KO("인천", "광역시") KO("광주", "광역시") KO("대전", "광역시")
    KO("울산", "광역시") KO("세종", "특별자치시") KO("경기", "도") KO("강원", "특별자치도") KO("충북", "") KO("충남", "") KO("전북", "특별자치도")
    KO("전남", "") KO("경북", "") KO("경남", "") KO("제주", "특별자치도") KO("충청북도", "") KO("충청남도", "") KO("전라북도", "")
    KO("전라남도", "") KO("경상북도", "") KO("경상남도", "")
};

/* Behind what makes the name long, when the word ends there; 0 when it goes on otherwise (서울은, 경기가). */
static size_t name_end(bool *has_wards, bawn_probe *p, size_t i)
{
    static const char *const longer[] = { "특별자치시", "특별자치도", "특별시", "광역시", "시", "도", NULL };
    *has_wards = strcmp(p->pattern->regex, "세종") != 0;
    i += bawn_probe_one_of(p, i, longer);
    return bawn_probe_at(p, i) == ' ' ? i : 0;
}

/* Over letters of three bytes, and digits behind one (세종대로14길, 가양1동); `i` when there is none. */
static size_t word_end(bawn_probe *p, size_t i)
{
    size_t begin = i;
    for (int a, b, c; i - begin < 48 && (a = bawn_probe_at(p, i)) >= 0; ) {
        if (bawn_pii_is_digit(a) && i > begin) {
            i++;
            continue;
        }
        b = bawn_probe_at(p, i + 1);
        c = bawn_probe_at(p, i + 2);
        if (a < 0xE0 || b < 0 || c < 0 || !bawn_pii_wide((unsigned char)a, (unsigned char)b, (unsigned char)c))
            break;
        i += 3;
    }
    return i;
}

/* Whether a word ends so; what it ends in is not all of it. */
static bool ends_in(const bawn_probe *p, size_t begin, size_t end, const char *const *words)
{
    return bawn_pii_word_before(p, begin + 1, end, words) > 0;
}

static bool is_ward(const bawn_probe *p, size_t begin, size_t end)
{
    static const char *const wards[] = { "시", "군", "구", NULL };
    return ends_in(p, begin, end, wards);
}

/* A road or a quarter. 가 is one behind a number (종로3가) and a particle elsewhere. */
static bool is_road(const bawn_probe *p, size_t begin, size_t end)
{
    static const char *const roads[] = { "로", "길", "동", "리", "읍", "면", NULL }, *const particles[] = { "으로", NULL }, *const parts[] = { "가", NULL };
    if (ends_in(p, begin, end, parts))
        return bawn_pii_is_digit((unsigned char)p->text.ptr[end - strlen(parts[0]) - 1]);
    return ends_in(p, begin, end, roads) && !ends_in(p, begin, end, particles);
}

/* Whether an address's number ends at i: the text does, a word, or what people put behind an address. */
static bool number_ends(bawn_probe *p, size_t i)
{
    static const char *const behind[] = { "입니다", "이고", "이며", "이에요", "이야", "에", "로", "으로", "까지", "부터", "을", "를", "은", "는", "의", "과", "와",
                                          ")", "(", "\"", "'", "]", "<", "|", "!", "?", ";", ":", NULL };
    int c = bawn_probe_at(p, i);
    if (c == ',' || c == '.')
        return !bawn_pii_is_digit(bawn_probe_at(p, i + 1));
    return c < 0 || bawn_is_space((unsigned char)c) || bawn_probe_one_of(p, i, behind) > 0;
}

/* "123", "123-4", "산 12-3번지", "1203호": the end of the number and its sign, or 0. */
static size_t number_end(bawn_probe *p, size_t i)
{
    static const char *const hills[] = { "산 ", "산", NULL }, *const signs[] = { "번지", "호", NULL };
    i += bawn_probe_one_of(p, i, hills);
    size_t end = bawn_probe_past_digits(p, i, 5);
    if (end == i || bawn_pii_is_digit(bawn_probe_at(p, end)))
        return 0;
    if (bawn_probe_at(p, end) == '-') {
        size_t more = bawn_probe_past_digits(p, end + 1, 4);
        end = more > end + 1 ? more : end;
    }
    end += bawn_probe_one_of(p, end, signs);
    return number_ends(p, end) ? end : 0;
}

/* "101동", "1203호", "4층", after a blank or a comma, as often as they come. */
static size_t extended(bawn_probe *p, size_t end)
{
    static const char *const parts[] = { "동", "호", "층", NULL }, *const gaps[] = { ", ", ",", " ", NULL };
    for (size_t i, n, at; ; end = at + n) {
        i = end + bawn_probe_one_of(p, end, gaps);
        at = bawn_probe_past_digits(p, i, 5);
        if (at == i || (n = bawn_probe_one_of(p, at, parts)) == 0)
            return end;
    }
}

/* " (역삼동, 한빛빌딩)": the quarter and the building, which a road's name does not tell. */
static size_t with_quarter(bawn_probe *p, size_t end)
{
    size_t i = end + bawn_probe_one_of(p, end, BAWN_PII_WORDS(" (", "("));
    if (i == end)
        return end;
    for (size_t next; i - end < 80 && ((next = word_end(p, i)) > i || (next = i + bawn_probe_one_of(p, i, BAWN_PII_WORDS(", ", ",", " "))) > i); i = next)
        continue;
    return bawn_probe_at(p, i) == ')' ? i + 1 : end;
}

static void confirm(bawn_probe *p)
{
    size_t begin = p->end - strlen(p->pattern->regex), i, end;
    bool wanted;

    p->begin = begin;
    i = name_end(&wanted, p, p->end);
    for (int words = 0; i > 0 && words < WORDS; words++) {
        size_t word = i + 1;
        i = word_end(p, word);
        if (i == word || bawn_probe_at(p, i) != ' ')
            return;
        if (!wanted && is_road(p, word, i) && (end = number_end(p, i + 1)) > 0) {
            bawn_probe_found(p, 0, begin, with_quarter(p, extended(p, end)), 0.8f);
            return;
        }
        wanted = wanted && !is_ward(p, word, i);
    }
}

const bawn_guard bawn_guard_pii_address_korea = {
    .guard = "pii", .id = "pii.address_korea", .doc = "Addresses of Korea by province or large city, road or quarter, and house number.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
