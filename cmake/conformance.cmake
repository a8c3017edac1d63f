# tests/conformance/parsers.c: Bawn's parsers behind a pipe, for the tests that hold them against other parsers.
add_executable(parsers ${CMAKE_SOURCE_DIR}/tests/conformance/parsers.c)
target_link_libraries(parsers bawn_dialect bawn_text)
