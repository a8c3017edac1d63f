# The command `bawn`. The target's name differs because `bawn` is the library.
target_link_libraries(bawn_cli PUBLIC bawn_patterns)
add_executable(bawn_command ${CMAKE_SOURCE_DIR}/src/cli/main.c)
target_link_libraries(bawn_command bawn_cli m)
set_target_properties(bawn_command PROPERTIES OUTPUT_NAME bawn RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
