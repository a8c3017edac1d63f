"""F16: ten thousand worlds from their seeds: property/simulate.c. keeps: F16"""
import lab
import programs


def run(desk):
    programs.run(desk, "property_simulate", f"{lab.many(10000, 1000)} seeds", BAWN_ROUNDS=str(lab.many(10000, 1000)))
