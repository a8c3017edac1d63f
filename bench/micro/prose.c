/* Sentences with gaps, and words for the gaps, chosen by a small seeded generator (a linear congruence, Knuth's MMIX
 * constants). No attack, no secret, no personal data: no guard should act on it, so what is timed is the cost of
 * looking, which every honest request pays. bench/gateways/prompts.py makes its English bodies in the same way. */
#include "prose.h"

#define MAX_WORDS 16

typedef struct {
    const char *sentences[8];       /* %a %b adjectives, %t %u things, %v verb, %w time */
    const char *things[MAX_WORDS], *adjectives[MAX_WORDS], *verbs[MAX_WORDS], *times[MAX_WORDS];
    const char *space, *line;
} language;

const char *const prose_names[PROSE_LANGUAGES] = { "english", "russian", "chinese" };

static const language languages[PROSE_LANGUAGES] = {
    { { "Could you tell me whether the %a %t can be returned %w?",
        "The %a %t %v %w, and the manual does not say what to do next.",
        "I would like to compare the %a %t with the %b %u before I order.",
        "My neighbour bought a %a %t %w and it %v sooner than expected.",
        "Is there a %b %u in stock that goes well with the %a %t?",
        "Please explain how the warranty covers a %t that %v %w.",
        "We ordered a %b %u and a %a %t together, but only one parcel came %w.",
        "How long does the delivery of a %b %u usually take when it is sent %w?" },
      { "jacket", "kettle", "lamp", "backpack", "keyboard", "blanket", "tent", "camera", "bicycle", "teapot", "sofa",
        "monitor", "drill", "blender", "scarf", "helmet" },
      { "blue", "heavy", "small", "folding", "waterproof", "wooden", "quiet", "bright", "warm", "simple", "compact",
        "sturdy", "soft", "narrow", "spare", "modern" },
      { "arrived", "shipped", "leaked", "bent", "faded", "worked", "charged", "rattled", "shrank", "folded", "stopped",
        "started", "fitted", "matched" },
      { "last week", "this morning", "two days ago", "in the spring", "before the holiday", "after the first wash",
        "on the second day", "at the weekend" },
      " ", "\n" },
    { { "Подскажите, пожалуйста, можно ли вернуть %a %t %w?",
        "Наш %a %t %v %w, а в инструкции не написано, что делать дальше.",
        "Я хотел бы сравнить %a %t и %b %u, прежде чем оформить заказ.",
        "Мой сосед купил %a %t %w, и он %v раньше, чем ожидалось.",
        "Есть ли на складе %b %u, который подойдёт к этому товару: %a %t?",
        "Объясните, как гарантия действует на %t, который %v %w.",
        "Мы заказали %b %u и %a %t вместе, но %w пришла только одна посылка.",
        "Сколько обычно идёт %b %u, если его отправили %w?" },
      { "чайник", "рюкзак", "плед", "велосипед", "диван", "монитор", "блендер", "шарф", "шлем", "светильник", "стол",
        "зонт", "фонарь", "ковёр", "шкаф", "утюг" },
      { "синий", "тяжёлый", "небольшой", "складной", "непромокаемый", "деревянный", "тихий", "яркий", "тёплый", "простой",
        "прочный", "мягкий", "узкий", "запасной", "новый", "красивый" },
      { "приехал", "протёк", "погнулся", "выцвел", "работал", "зарядился", "загремел", "сел после стирки", "сложился",
        "остановился", "запустился", "подошёл" },
      { "на прошлой неделе", "сегодня утром", "два дня назад", "весной", "перед праздником", "после первой стирки",
        "на второй день", "в выходные" },
      " ", "\n" },
    { { "请问%w买的%a%t可以退货吗?", "这个%a%t%w%v了,说明书上没有写下一步该怎么做。",
        "下单之前,我想把%a%t和%b%u比较一下。", "我的邻居%w买了一个%a%t,没想到很快就%v了。",
        "有没有%b%u可以和这个%a%t搭配?", "请说明一下,%w%v的%t保修范围是什么。",
        "我们一起订购了%b%u和%a%t,可是%w只收到一个包裹。", "如果%w发货,%b%u一般需要几天才能送到?" },
      { "水壶", "背包", "毛毯", "自行车", "沙发", "显示器", "搅拌机", "围巾", "头盔", "台灯", "桌子", "雨伞", "手电筒", "地毯",
        "衣柜", "熨斗" },
      { "蓝色的", "很重的", "小巧的", "折叠的", "防水的", "木制的", "安静的", "明亮的", "保暖的", "简单的", "结实的", "柔软的",
        "窄窄的", "备用的", "新款的", "漂亮的" },
      { "到货", "漏水", "变弯", "褪色", "充好电", "发出响声", "缩水", "折断", "停下来", "启动", "松动", "掉漆" },
      { "上个星期", "今天早上", "两天前", "春天的时候", "放假之前", "第一次清洗以后", "第二天", "周末" },
      "", "\n" },
};

typedef struct { uint64_t state; } dice;

static size_t roll(dice *d, size_t n)
{
    d->state = d->state * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(d->state >> 33) % n;
}

static const char *pick(dice *d, const char *const *words)
{
    size_t n = 0;
    while (n < MAX_WORDS && words[n])
        n++;
    return words[roll(d, n)];
}

static bool write_sentence(bawn_buf *out, dice *d, const language *l)
{
    for (const char *p = l->sentences[roll(d, BAWN_COUNT(l->sentences))]; *p; p++) {
        if (*p != '%') {
            bawn_buf_byte(out, *p);
            continue;
        }
        p++;
        bawn_buf_str(out, pick(d, *p == 'a' || *p == 'b' ? l->adjectives : *p == 'v' ? l->verbs : *p == 'w' ? l->times
                                                                                                           : l->things));
    }
    return bawn_buf_str(out, roll(d, 5) ? l->space : l->line);
}

bool prose_write(bawn_buf *out, prose_language which, size_t bytes)
{
    size_t begin = out->len, end = begin + bytes;
    dice d = { 7 };

    while (out->len < end)
        if (!write_sentence(out, &d, &languages[which]))
            return false;
    while (end > begin && end < out->len && !bawn_utf8_is_start((unsigned char)out->ptr[end]))
        end--;
    out->len = end;
    return true;
}
