# examples/embed: the public header and libbawn.so alone, as somebody else's program has them.
add_executable(embed ${CMAKE_SOURCE_DIR}/examples/embed/embed.c)
target_link_libraries(embed bawn)
set_target_properties(embed PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
if(BAWN_TESTS)
  add_test(NAME example_embed COMMAND embed)
  set_tests_properties(example_embed PROPERTIES PASS_REGULAR_EXPRESSION
    "pii pii.EMAIL \\[5,25\\) [01]\\.[0-9]+\nMail <EMAIL_1>")
endif()
