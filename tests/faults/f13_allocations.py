"""F13: the nth allocation of a request fails, for every n; once, or with all behind it: property/allocations.c, under the address
sanitizer where that build is there. keeps: T04, F13"""
import lab
import programs


def run(desk):
    programs.run(desk, "property_allocations", "every allocation of a request, an answer and a stream survived")
