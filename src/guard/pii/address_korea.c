/* Postal addresses of Korea, from the province or large city to the door, by road or by lot: 서울특별시 강남구 테헤란로 123,
 * 경기도 성남시 분당구 삼평동 681-1. Names: ISO 3166-2:KR, long and short; the form: Road Name Address Act, article 7.
 *
 * Behind the name come one to six words, of which the last is a road (…로, …길) or a quarter (…동, …리, …가, …읍, …면), and
 * the number; what counts things in prose may not stand behind that (테헤란로 3개, 종로 3가, 2024년). */
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

static bool is_digit(int c) { return c >= 0 && bawn_is_digit((unsigned char)c); }

/* Behind what makes the name long, when the word ends there; 0 when it goes on otherwise (서울은, 경기가). */
static size_t name_end(bawn_probe *p, size_t i)
{
    static const char *const longer[] = { "특별자치시", "특별자치도", "특별시", "광역시", "시", "도", NULL };
    i += bawn_probe_one_of(p, i, longer);
    return bawn_probe_at(p, i) == ' ' ? i : 0;
}

/* Over letters of three bytes, digits and "." (세종대로14길, 가양1동); `i` when there is none. */
static size_t word_end(bawn_probe *p, size_t i)
{
    size_t begin = i;
    for (int a, b, c; i - begin < 48 && (a = bawn_probe_at(p, i)) >= 0; ) {
        if (is_digit(a) && i > begin) {
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

static bool ends_in(const bawn_probe *p, size_t begin, size_t end, const char *const *words)
{
    for (; *words; words++) {
        size_t n = strlen(*words);
        if (end > begin + n && memcmp(p->text.ptr + end - n, *words, n) == 0)
            return true;
    }
    return false;
}

/* "123", "123-4", "산 12-3번지", "1203호": the end of the number and its sign, or 0. */
static size_t number_end(bawn_probe *p, size_t i)
{
    static const char *const counted[] = { "가", "호선", "개", "명", "년", "월", "일", "원", "차", "시", "분", "위", "등", "곳", "배", "만", "천", "킬로", "회", "세", "살",
                                           "km", "m", "%", ".", ",0", NULL };
    size_t end = bawn_probe_past_digits(p, i, 5);
    if (end == i || is_digit(bawn_probe_at(p, end)))
        return 0;
    if (bawn_probe_at(p, end) == '-') {
        size_t more = bawn_probe_past_digits(p, end + 1, 4);
        end = more > end + 1 ? more : end;
    }
    size_t lot = bawn_probe_text_at(p, end, "번지") ? strlen("번지") : 0;
    if (lot > 0)
        return end + lot;
    size_t n = bawn_probe_one_of(p, end, counted);
    bool stop = n == 1 && p->text.ptr[end] == '.' && !is_digit(bawn_probe_at(p, end + 1));     /* the sentence's */
    return n == 0 || stop ? end : 0;
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
    static const char *const roads[] = { "로", "길", "동", "리", "가", "읍", "면", NULL };
    size_t begin = p->end - strlen(p->pattern->regex), i, end;

    p->begin = begin;
    i = name_end(p, p->end);
    for (int words = 0; i > 0 && words < WORDS; words++) {
        size_t word = i + 1;
        i = word_end(p, word);
        if (i == word)
            return;
        if (bawn_probe_at(p, i) != ' ')
            return;
        if (ends_in(p, word, i, roads) && (end = number_end(p, i + 1)) > 0) {
            bawn_probe_found(p, 0, begin, with_quarter(p, extended(p, end)), 0.8f);
            return;
        }
    }
}

const bawn_guard bawn_guard_pii_address_korea = {
    .guard = "pii", .id = "pii.address_korea", .doc = "Addresses of Korea by province or large city, road or quarter, and house number.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm,
};
