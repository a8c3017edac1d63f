# Pages that are made from the tables the program runs on: docs/policy.md (`bawn policy reference`) and docs/guards.md
# (guards_reference). `docs` writes them anew; tools/test_docs.py fails when they are behind.
add_executable(guards_reference ${CMAKE_SOURCE_DIR}/tools/guards_reference.c)
target_link_libraries(guards_reference bawn_guard m)
if(TARGET bawn_command)
  add_custom_target(docs
    COMMAND python3 ${CMAKE_SOURCE_DIR}/tools/docs.py --build ${CMAKE_BINARY_DIR} --write
    DEPENDS bawn_command guards_reference)
endif()
