"""Each rule of check_house.py broken on purpose in a small tree: the check must see it, at its line, and must let the
sound tree pass. Run by packaging/check (pytest), or alone: python3 tools/test_check_house.py"""
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check_house

SOUND = {
    "include/bawn/bawn.h": '/* The public interface. */\nextern "C" {\nint bawn_one(void);   /* one */\n}\n',
    "src/base/base.h": "/* The floor of the house. */\n#include \"bawn/bawn.h\"\n/* Adds. */\nint bawn_add(int a, int b);\n"
                       "int bawn_sub(int a, int b);\n\nstatic inline int twice(int a)\n{\n    return 2 * a;\n}\n",
    "src/base/add.c": "/* Adding, the school way. */\n#include \"base/base.h\"\nint bawn_add(int a, int b)\n{\n    return a + b;\n}\n",
    "src/guard/guard.h": "/* What a guard is. */\n#include \"base/base.h\"\n",
    "src/guard/list.h": "/* One line each. */\nBAWN_GUARD(bawn_guard_card)\n",
    "src/guard/card.c": "/* Finds card numbers. */\n#include \"guard/guard.h\"\nconst bawn_guard bawn_guard_card = {\n    .id = 1,\n};\n",
    "src/record/event.c": "/* Writes the event; keeps: P3a.8 */\n#include \"base/base.h\"\n",
    "src/engine/wall.c": "/* Policy becomes wall. */\n#include \"guard/guard.h\"\n#include \"record/record.h\"\n",
    "tests/unit/base/add.c": "/* Adding is tested here. keeps: P3a.8 */\n",
    "tests/unit/guard/card.c": "/* Cards are tested here. */\n",
    "tests/unit/record/event.c": "/* Events are tested here. */\n",
    "tests/unit/engine/wall.c": "/* Walls are tested here. */\n",
}


class Rules(unittest.TestCase):
    def tree(self, **changes):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        for name, text in {**SOUND, **changes.get("files", {})}.items():
            path = pathlib.Path(folder.name) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is not None:
                path.write_text(text)
        return check_house.House(folder.name)

    def wrong(self, check, **files):
        return check_house.CHECKS[check][0](self.tree(**files))[1]

    def one(self, check, where, **files):
        wrong = self.wrong(check, **files)
        self.assertEqual(len(wrong), 1, wrong)
        self.assertTrue(wrong[0].startswith(where), wrong)

    def test_a_sound_tree_passes_every_check(self):
        for name in check_house.CHECKS:
            self.assertEqual(self.wrong(name), [], name)

    def test_a_room_may_not_look_up(self):
        self.one("includes", "src/base/up.c:2: base looks up at guard",
                 files={"src/base/up.c": "/* Looks up. */\n#include \"guard/guard.h\"\n"})

    def test_the_record_lies_just_above_base(self):
        self.one("includes", "src/record/up.c:2", files={"src/record/up.c": "/* Up. */\n#include \"dialect/dialect.h\"\n"})

    def test_strangers_stay_strangers(self):
        for room, other in (("dialect", "engine"), ("dialect", "guard"), ("guard", "policy")):
            self.one("includes", f"src/{room}/x.c:2",
                     files={f"src/{room}/x.c": f"/* Looks aside. */\n#include \"{other}/x.h\"\n"})

    def test_the_connector_holds_no_decision(self):
        self.one("includes", "connectors/nginx/x.c:2",
                 files={"connectors/nginx/x.c": "/* Filters. */\n#include \"engine/engine.h\"\n"})

    def test_an_unknown_room_is_named(self):
        self.one("includes", "src/base/x.c:2", files={"src/base/x.c": "/* Hm. */\n#include \"cellar/x.h\"\n"})

    def test_a_commented_include_is_none(self):
        self.assertEqual(self.wrong("includes", files={"src/base/x.c": "/* Not this:\n#include \"guard/guard.h\"\n*/\n"}), [])

    def test_a_public_header_stands_alone(self):
        self.one("includes", "include/bawn/more.h:2",
                 files={"include/bawn/more.h": "/* More. */\n#include \"base/base.h\"\n"})

    def test_paths_of_a_machine_and_registries(self):
        self.one("paths", "docs/x.md:2", files={"docs/x.md": "fine\nsee /work/" + "main/x\n"})
        self.one("paths", "docs/x.md:1", files={"docs/x.md": "from https://py" + "pi.org/simple\n"})

    def test_a_long_function_needs_a_reason(self):
        body = "int f(void)\n{\n" + "    f();\n" * 70 + "    return 0;\n}\n"
        small = "".join(f"int g{i}(void)\n{{\n    return {i};\n}}\n\n" for i in range(20))
        self.one("functions", "src/base/x.c:101: f() has 74 lines",
                 files={"src/base/x.c": "/* Calls itself. */\n" + small[:-1] + body})
        for reason in ("/* Calls itself; f is long because it is a list of steps. */\n",):
            self.assertEqual(self.wrong("functions", files={"src/base/x.c": reason + small + body}), [])
        above = "/* Calls itself. */\n" + small + "/* Long: one step a line. */\n" + body
        self.assertEqual(self.wrong("functions", files={"src/base/x.c": above}), [])

    def test_the_median_of_functions(self):
        body = "{\n" + "    f();\n" * 20 + "}\n"
        text = "/* Long-winded. */\n" + "".join(f"void f{i}(void)\n{body}" for i in range(5))
        self.assertTrue(any("median" in line for line in self.wrong("functions", files={"src/base/x.c": text})))

    def test_braces_in_strings_and_comments_do_not_count(self):
        text = "/* Braces. */\nint f(void)\n{\n    return '{' + \"}{\"[0]; /* } */ // }\n}\nint g(void)\n{\n    return 1;\n}\n"
        self.assertEqual([f[0] for f in check_house.functions(text)], ["f", "g"])

    def test_tables_are_no_functions(self):
        text = "static const struct row rows[] = { ROW(1), ROW(2) };\n__attribute__((used)) int f(void)\n{\n}\n"
        self.assertEqual(check_house.functions(text), [("f", 2, 4)])

    def test_a_long_file_needs_a_reason(self):
        long = "/* Rows. */\n" + "int x;\n" * 700
        self.one("files", "src/base/x.c:1", files={"src/base/x.c": long})
        self.assertEqual(self.wrong("files", files={"src/base/x.c": long.replace("Rows.", "Long: one row a key.")}), [])

    def test_a_file_opens_with_its_idea(self):
        self.one("heads", "src/base/x.c:1", files={"src/base/x.c": "int x;\n"})

    def test_declarations_are_documented(self):
        self.one("documented", "src/base/x.h:5: bawn_bare",
                 files={"src/base/x.h": "/* Heads do not count. */\n\nint bawn_told(void); /* told */\n\nint bawn_bare(int a,\n    int b);\n"})
        self.one("documented", "include/bawn/x.h:4: bawn_hidden",
                 files={"include/bawn/x.h": "/* Head. */\nextern \"C\" {\n\nint bawn_hidden(void);\n}\n"})

    def test_the_threat_model_names_tests_that_name_it(self):
        def row(ids="LLM10, AML.T0029", where="`base/add.c`; `unit/base/add.c`", state="kept"):
            return {"docs/threat-model.md": f"# Threats\n| T16 | many keys | {ids} | linear | {where} | {state} |\n",
                    "tests/unit/base/add.c": "/* Adding is tested here. keeps: T16 */\nint main;\n"}
        place = "docs/threat-model.md:2: "
        self.assertEqual(self.wrong("threats", files=row()), [])
        self.assertEqual(self.wrong("threats", files=row(where="", state="not yet")), [])
        self.one("threats", place + "T16 is of `LLM, T0029`", files=row(ids="LLM, T0029"))
        self.one("threats", place + "T16 names unit/base/gone.c", files=row(where="`unit/base/add.c`, `unit/base/gone.c`"))
        self.one("threats", place + "T16 names unit/base/add.c::gone", files=row(where="`unit/base/add.c::gone`"))
        self.one("threats", place + "T16 is kept, and no test", files=row(where="`base/add.c`"))
        self.one("threats", place + "none of the tests of T16", files=row(where="`unit/guard/card.c`"))

    def test_guards_have_a_file_and_a_row(self):
        self.one("guards", "src/guard/list.h:1: bawn_guard_ghost",
                 files={"src/guard/list.h": SOUND["src/guard/list.h"] + "BAWN_GUARD(bawn_guard_ghost)\n"})
        self.one("guards", "src/guard/x.c:1: bawn_guard_new has no row",
                 files={"src/guard/x.c": "/* New. */\nconst bawn_guard bawn_guard_new = {\n    0\n};\n"})

    def test_two_guards_in_a_file(self):
        wrong = self.wrong("guards", files={
            "src/guard/list.h": SOUND["src/guard/list.h"] + "BAWN_GUARD(bawn_guard_two)\n",
            "src/guard/card.c": SOUND["src/guard/card.c"] + "const bawn_guard bawn_guard_two = { 0 };\n"})
        self.assertEqual(len(wrong), 1)

    def test_a_room_without_tests(self):
        self.one("tests", "src/text:1", files={"src/text/flags.c": "/* Flags of a text. */\n"})

    def test_promises_are_reported_and_false_ones_refused(self):
        said, _ = check_house.check_promises(self.tree())
        lines = said.split("\n")
        self.assertNotIn("P3a.8", lines[1])
        self.assertNotIn("P3a.8", lines[2])
        self.assertIn("T01", lines[1])
        self.one("promises", "src/base/x.c:1: keeps P3a.11", files={"src/base/x.c": "/* Sure. keeps: P3a.11, T05 */\n"})


if __name__ == "__main__":
    unittest.main()
