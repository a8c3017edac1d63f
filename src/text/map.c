/* map.c: from a span of a view to the span of raw bytes that it came from, by binary search over the breakpoints. */
#include "text/text.h"

void bawn_text_map_free(bawn_text_map *map)
{
    bawn_free(map->marks);
    *map = (bawn_text_map){ 0 };
}

/* The last mark at or before `view`; 0 when there is none. */
static size_t mark_of(const bawn_text_map *map, size_t view)
{
    size_t low = 0, high = map->n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (map->marks[middle].view <= view)
            low = middle;
        else
            high = middle;
    }
    return low;
}

bawn_span bawn_text_map_span(const bawn_text_map *map, bawn_span view)
{
    if (view.end <= view.begin)
        view.end = view.begin + 1;
    if (map->n == 0)
        return view;
    size_t first = mark_of(map, view.begin), last = mark_of(map, view.end - 1);
    const bawn_text_mark *b = &map->marks[first], *e = &map->marks[last];
    bawn_span raw;

    raw.begin = b->literal && view.begin >= b->view ? b->raw + (view.begin - b->view) : b->raw;
    if (e->literal || last + 1 == map->n)
        raw.end = e->raw + (view.end - (e->view < view.end ? e->view : view.end - 1));
    else
        raw.end = map->marks[last + 1].raw;
    if (raw.end <= raw.begin)
        raw.end = raw.begin + 1;
    return raw;
}
