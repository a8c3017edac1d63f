/* Names of persons in scripts that have no capitals: Chinese, Japanese, Hindi, Arabic. As in cue.c, a phrase in front gives them away
 * ("我叫王伟", "氏名：田中太郎", "मेरा नाम राहुल शर्मा है", "اسمي أحمد علي"); where the name ends, each language says otherwise.
 *   zh  two or three characters, four behind one of the double surnames; the first is a surname (《百家姓》, the commonest of the
 *       census of 2020). No other character follows, unless a word begins there that goes on after names (今年, 来自).
 *   ja  two to six characters, perhaps with a blank inside, or katakana parted by a middle dot; then です, と, だ, a title or no letter.
 *       "と申します" stands behind the name.
 *   hi  up to three words and then है, or, behind "नाम:", the end of the line's part.
 *   ar  up to three words, to a sign, to a word that goes on after names, or to one that begins with "and" (و).
 * Words that say that there is no name, or that the name is spoken of, are none. */
#include "guard/pii/pii.h"
#include "text/text.h"

static const bawn_kind kinds[] = { BAWN_PII("NAME", BAWN_OBSERVE, "a person's name behind \"my name is\" and the like") };

#define CUE(word, lang, rest, miss) { word, 0, BAWN_P_TRIGGER | BAWN_P_LITERAL, 0.6f, lang, word rest, miss },

static const bawn_pattern patterns[] = {
    CUE("我叫", "zh", "王伟，今年30岁。", "我叫外卖") CUE("我的名字是", "zh", "李娜。", "我的名字是秘密") CUE("我的名字叫", "zh", "张伟", "我的名字叫什么")
    CUE("我名叫", "zh", "欧阳修。", "我名叫什么") CUE("姓名：", "zh", "李娜", "姓名：必填") CUE("姓名:", "zh", " 李小龙\n电话", "姓名: 不能为空")
    CUE("姓名是", "zh", "陈静", "姓名是必填项") CUE("联系人：", "zh", "刘洋 13800138000", "联系人：客服") CUE("联系人:", "zh", "刘洋", "联系人: 客服部")
    CUE("收件人：", "zh", "赵敏", "收件人：见附件") CUE("收件人:", "zh", "赵敏", "收件人: 见附件") CUE("收货人：", "zh", "周杰", "收货人：见附件")
    CUE("收货人:", "zh", "周杰", "收货人: 见附件") CUE("申请人：", "zh", "吴磊", "申请人：公司") CUE("申请人:", "zh", "吴磊", "申请人: 公司")
    CUE("聯絡人：", "zh", "張偉", "聯絡人：客服")
    CUE("收件人是", "zh", "赵敏", "收件人是公司")
    CUE("私の名前は", "ja", "田中太郎です", "私の名前は秘密です") CUE("僕の名前は", "ja", "佐藤健だ", "僕の名前はまだない") CUE("俺の名前は", "ja", "鈴木一郎。", "俺の名前は知らない")
    CUE("わたしの名前は", "ja", "山田 花子です", "わたしの名前は何ですか") CUE("氏名：", "ja", "鈴木 一郎", "氏名：必須") CUE("氏名:", "ja", "鈴木一郎", "氏名: 未記入")
    CUE("お名前：", "ja", "高橋様", "お名前：任意") CUE("お名前:", "ja", "高橋", "お名前: 任意") CUE("名前：", "ja", "ジョン・スミス", "名前：ファイル") CUE("名前:", "ja", "伊藤誠", "名前: 未定")
    CUE("担当者：", "ja", "渡辺さん", "担当者：未定") CUE("担当者:", "ja", "渡辺", "担当者: 未定") CUE("と申します", "ja", "。私は田中太郎と申します", "何と申しますか")
    CUE("मेरा नाम", "hi", " राहुल शर्मा है", "मेरा नाम क्या है") CUE("मेरा पूरा नाम", "hi", " प्रिया वर्मा है।", "मेरा पूरा नाम सूची में है") CUE("नाम:", "hi", " राहुल शर्मा", "नाम: आवश्यक")
    CUE("नाम :", "hi", " राहुल शर्मा", "नाम : आवश्यक")
    CUE("اسمي", "ar", " أحمد علي", "اسمي ليس مهما") CUE("إسمي", "ar", " سارة", "إسمي مكتوب هنا") CUE("الاسم:", "ar", " محمد حسن", "الاسم: مطلوب")
    CUE("الاسم الكامل:", "ar", " فاطمة الزهراء", "الاسم الكامل: مطلوب") CUE("اسم المريض:", "ar", " خالد منصور", "اسم المريض: غير معروف")
    CUE("اسم العميل:", "ar", " خالد منصور", "اسم العميل: غير معروف")
};

/* The code point at i, 0 at the end; *next: behind it. */
static uint32_t point_at(size_t *next, bawn_probe *p, size_t i)
{
    int c = bawn_probe_at(p, i);
    *next = i;
    if (c < 0)
        return 0;
    size_t len = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
    return bawn_probe_at(p, i + len - 1) < 0 ? 0 : bawn_utf8_next(p->text, next);
}

enum { HUMBLE_REACH = 33 };     /* と申します and six characters before it */

static bool is_han(uint32_t c) { return (c >= 0x4E00 && c <= 0x9FFF) || (c >= 0x3400 && c <= 0x4DBF) || c == 0x3005; }
static bool is_katakana(uint32_t c) { return (c >= 0x30A1 && c <= 0x30FA) || c == 0x30FC; }
static bool is_blank(uint32_t c) { return c == ' ' || c == 0x3000; }

static size_t past_blanks(bawn_probe *p, size_t i)
{
    size_t next;
    for (int n = 0; n < 3 && is_blank(point_at(&next, p, i)); n++)
        i = next;
    return i;
}

/* Where a row of letters ends; *n: how many, at most `most` and one. */
static size_t row_end(size_t *n, bawn_probe *p, size_t i, size_t most, bool (*in)(uint32_t))
{
    size_t next;
    for (*n = 0; *n <= most && in(point_at(&next, p, i)); i = next)
        ++*n;
    return i;
}

static bool begins_with(bawn_slice value, const char *const *words)
{
    for (; *words; words++)
        if (bawn_slice_starts(value, bawn_slice_str(*words)))
            return true;
    return false;
}

/* ---- Chinese ------------------------------------------------------------------------------------------------------- */
static size_t chinese(bawn_probe *p, size_t i)
{
    enum { HAN = 3 };
    static const char singles[] = "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何林高罗羅郑鄭梁谢謝宋唐许許邓鄧韩韓冯馮曹彭曾肖萧蕭田董袁潘于余叶葉蒋蔣杜苏蘇魏程吕呂"
        "丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付傅方白邹鄒孟熊秦邱江尹薛闫阎段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯温康施文牛"
        "樊葛邢安齐齊易乔喬伍庞龐颜顏倪庄莊聂聶章鲁魯岳翟殷詹申欧歐耿关關兰蘭焦俞左柳甘祝包宁寧尚符舒阮柯纪紀梅童凌毕畢单單季裴霍涂成苗谷盛曲翁冉骆駱蓝藍路游辛靳管柴蒙鲍鮑华華喻祁"
        "蒲房滕屈饶饒解牟艾尤阳陽时時穆农農司卓古吉缪繆简簡车車项項连連芦蘆麦麥褚娄婁窦竇戚岑景党宫宮费費卜冷晏席卫衛米柏宗瞿桂全佟应應臧闵閔苟邬鄔边邊卞姬师師和仇栾欒隋商刁沙荣榮巫寇桑郎甄丛叢仲虞敖巩鞏明佘池查麻苑迟遲邝鄺";
    static const char *const doubles[] = { "欧阳", "歐陽", "上官", "司马", "司馬", "诸葛", "諸葛", "皇甫", "尉迟", "尉遲", "公孙", "公孫", "慕容", "司徒",
                                           "令狐", "夏侯", "东方", "東方", "轩辕", "宇文", "长孙", "長孫", "南宫", "端木", NULL };
    static const char *const follow[] = { "今年", "来自", "來自", "是", "住", "电话", "電話", "手机", "手機", "性别", "年龄", "身份证", "出生", "目前", "现在", "毕业", "毕竟",
                                          "很高兴", "想", "要", "在", NULL };
    size_t n, end = row_end(&n, p, i, HAN + 8, is_han), first = bawn_probe_one_of(p, i, doubles) ? 2 : 1;
    bawn_slice run = { p->text.ptr + i, end - i };
    char surname[4] = { 0 };
    if (n < first + 1)
        return 0;
    memcpy(surname, run.ptr, HAN);
    if (first == 1 && !strstr(singles, surname))
        return 0;
    for (size_t given = 1; given <= 2 && first + given < n; given++) {
        size_t at = (first + given) * HAN;
        if (begins_with(bawn_slice_of(run.ptr + at, run.len - at), follow))
            return i + at;
    }
    return n <= first + 2 ? end : 0;
}

/* ---- Japanese ------------------------------------------------------------------------------------------------------- */
static bool is_no_name(bawn_slice value)
{
    static const char *const words[] = { "必須", "不明", "未定", "秘密", "省略", "匿名", "以下", "任意", "入力", "記入", "未記入", "未入力", "同上", "有名", "本名", "仮名", "別名",
                                         "漢字", "英語", "日本語", "平仮名", "重要", "大事", "大切", "変更", "非公開", "公開", "未設定", "設定", "登録", "該当", "必要", "何度", "担当", "当社", "弊社",
                                         "株式会社", "会社", "部署", "部長", "課長", "営業部", "製品", "商品", "半角", "全角", NULL };
    return bawn_slice_is_any(value, words);
}

static size_t japanese(bawn_probe *p, size_t i)
{
    static const char *const after[] = { "です", "と", "で", "だ", "さん", "様", "さま", "氏", NULL };
    static const char *const titles[] = { "様", "殿", "氏", NULL };
    size_t n, more, next, end = row_end(&n, p, i, 7, is_han), title = bawn_pii_word_before(p, i, end, titles);
    if (n > 2 && title) {
        end -= title;
        n--;
    }
    if (n == 0) {
        end = row_end(&n, p, i, 12, is_katakana);
        if (n < 2 || point_at(&next, p, end) != 0x30FB)
            return 0;
        end = row_end(&more, p, next, 12, is_katakana);
        return more > 1 && !is_han(point_at(&next, p, end)) ? end : 0;
    }
    if (n < 2 || n > 6 || is_no_name(bawn_slice_of(p->text.ptr + i, end - i)))
        return 0;
    if (n < 4 && is_blank(point_at(&next, p, end))) {
        size_t given = row_end(&more, p, next, 3, is_han);
        end = more >= 1 && more <= 3 ? given : end;
    }
    bool open = bawn_text_is_letter(point_at(&next, p, end)) && bawn_probe_one_of(p, end, after) == 0;
    return open ? 0 : end;
}

/* The name that ends at `end`, behind a particle or a sign; its begin or `end`. */
static size_t before_humble(const bawn_probe *p, size_t end)
{
    enum { HAN = 3, MOST = 6, LEAST = 2 };
    size_t i = end, n = 0;
    while (i >= HAN && n <= MOST) {
        size_t at = i - HAN;
        if (!bawn_utf8_is_start((unsigned char)p->text.ptr[at]) || !is_han(bawn_utf8_next(p->text, &at)))
            break;
        i -= HAN;
        n++;
    }
    return n >= LEAST && n <= MOST && !is_no_name(bawn_slice_of(p->text.ptr + i, end - i)) ? i : end;
}

/* ---- words apart ------------------------------------------------------------------------------------------------------ */
static bool is_devanagari(uint32_t c) { return (c >= 0x900 && c < 0x964) || (c >= 0x970 && c < 0x980) || c == 0x200D || c == 0x200C; }
static bool is_arabic(uint32_t c) { return (c >= 0x620 && c <= 0x652) || (c >= 0x671 && c <= 0x6D3); }

/* Up to three words of a script, apart by a blank, none of them of `no`, that end at one of `stops` or where no word follows. */
static size_t words_end(bawn_probe *p, size_t i, bool (*in)(uint32_t), const char *const *no, const char *const *stops)
{
    enum { WORDS = 3, LETTERS = 24 };
    size_t end = i, n;
    for (int words = 0;; words++) {
        if (words > 0 && bawn_probe_text_at(p, i, "و"))
            return end;
        size_t word = row_end(&n, p, i, LETTERS, in);
        bawn_slice value = { p->text.ptr + i, word - i };
        if (n == 0 || bawn_slice_is_any(value, stops))
            return end;
        if (words == WORDS || n < 2 || n > LETTERS || bawn_slice_is_any(value, no))
            return 0;
        end = word;
        if (point_at(&i, p, word) != ' ')
            return end;
    }
}

/* Names in Latin letters, as many write theirs there: up to three words with capitals. */
static size_t capitals_end(bawn_probe *p, size_t i)
{
    size_t end = i;
    for (int words = 0, c; words < 3 && (c = bawn_probe_at(p, i)) >= 0 && bawn_is_upper((unsigned char)c); words++) {
        while ((c = bawn_probe_at(p, i)) >= 0 && (bawn_is_alpha((unsigned char)c) || c == '-' || c == '\'') && i - end < 32)
            i++;
        end = i;
        i += c == ' ';
    }
    return end;
}

static size_t hindi(bawn_probe *p, size_t i)
{
    static const char *const no[] = { "क्या", "मत", "में", "से", "को", "पर", "का", "की", "के", "भी", "नहीं", "तो", "ही", "गलत", "सही", "पता", "लो", "लिखें", "आवश्यक", "अनिवार्य", "दर्ज",
                                      "बताओ", "बताएं", "अज्ञात", "वही", "यही", "कुछ", "किसी", "सूची", "जो", "और", "लेकर", NULL };
    static const char *const stops[] = { "है", "हैं", "हूँ", "हूं", NULL };
    static const char *const of[] = { "का", "के", "की", NULL };
    static const char *const persons[] = { "ग्राहक का", "मरीज का", "मरीज़ का", "रोगी का", "पिता का", "माता का", "आवेदक का", "छात्र का", "पति का", "पत्नी का", NULL };
    bool label = strchr(p->pattern->regex, ':') != NULL;
    size_t cue = p->end - strlen(p->pattern->regex), before = cue;
    while (before > 0 && p->text.ptr[before - 1] == ' ')
        before--;
    if (label && bawn_pii_word_before(p, before > 12 ? before - 12 : 0, before, of) &&
        !bawn_pii_word_before(p, before > 40 ? before - 40 : 0, before, persons))
        return 0;                                             /* of a file, a product */
    size_t end = words_end(p, i, is_devanagari, no, stops), next;
    if (end <= i || label)
        return end;
    return point_at(&next, p, end) == ' ' && bawn_probe_one_of(p, end + 1, stops) ? end : 0;
}

static size_t arabic(bawn_probe *p, size_t i)
{
    static const char *const no[] = { "ليس", "غير", "مكتوب", "هنا", "موجود", "معروف", "مهم", "مهما", "سري", "خطأ", "صحيح", "لا", "لم", "لن", "قد", "كان", "مسجل", "مذكور", "مطلوب", "مجهول",
                                      "إلزامي", "اختياري", "يظهر", "أيضا", "فقط", "بالكامل", "واضح", NULL };
    static const char *const stops[] = { "من", "في", "على", "أنا", "أعمل", "أعيش", "أسكن", "عمري", "أبلغ", "أريد", "رقم", "هاتفي", "أود", "أدرس", "طالب", "مهندس", "ما", "كيف", "هل", "أرجو", NULL };
    return words_end(p, i, is_arabic, no, stops);
}

static void confirm(bawn_probe *p)
{
    static const char *const links[] = { "هو ", "هي ", "做", NULL };
    size_t cue = p->end - strlen(p->pattern->regex), begin = past_blanks(p, p->end), end = 0;
    begin += bawn_probe_one_of(p, begin, links);
    if (strcmp(p->pattern->regex, "と申します") == 0) {
        begin = before_humble(p, cue);
        end = cue;
    } else if (strcmp(p->pattern->lang, "zh") == 0) {
        end = chinese(p, begin);
    } else if (strcmp(p->pattern->lang, "ja") == 0) {
        end = japanese(p, begin);
    } else if (bawn_probe_word_begins(p, cue) && (begin > p->end || strchr(p->pattern->regex, ':'))) {
        end = capitals_end(p, begin);
        if (end == begin)
            end = strcmp(p->pattern->lang, "hi") == 0 ? hindi(p, begin) : arabic(p, begin);
    }
    if (end > begin)
        bawn_probe_found(p, 0, begin, end, p->pattern->score);
}

const bawn_guard bawn_guard_pii_name = {
    .guard = "pii", .id = "pii.name",
    .doc = "Names of persons in Chinese, Japanese, Hindi and Arabic behind \"my name is\" and the like.",
    .places = BAWN_IN_ALL, .views = BAWN_PII_VIEWS, .kinds = kinds, .n_kinds = BAWN_COUNT(kinds),
    .patterns = patterns, .n_patterns = BAWN_COUNT(patterns), .confirm = confirm, .reach = HUMBLE_REACH,
};
