# The built-in pattern database: the tables' own compiler runs once per change of the tables, its output is linked in.
add_executable(patterns tools/patterns.c)
target_link_libraries(patterns bawn_engine bawn_blob_none)
file(WRITE ${CMAKE_BINARY_DIR}/blob_none.c
  "extern const unsigned char bawn_patterns_blob[], bawn_patterns_blob_end[];\nconst unsigned char bawn_patterns_blob[1] = { 0 };\nconst unsigned char bawn_patterns_blob_end[1] = { 0 };\n")
add_library(bawn_blob_none STATIC ${CMAKE_BINARY_DIR}/blob_none.c)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/patterns.db
  COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0 $<TARGET_FILE:patterns> ${CMAKE_BINARY_DIR}/patterns.db
  DEPENDS patterns COMMENT "Compiling the built-in patterns")
file(WRITE ${CMAKE_BINARY_DIR}/blob.c
"__asm__(\".section .rodata\\n.balign 64\\n.global bawn_patterns_blob\\n.hidden bawn_patterns_blob\\nbawn_patterns_blob:\\n\"
  \".incbin \\\"${CMAKE_BINARY_DIR}/patterns.db\\\"\\n.global bawn_patterns_blob_end\\n.hidden bawn_patterns_blob_end\\n\"
  \"bawn_patterns_blob_end:\\n.byte 0\\n.previous\\n\");\n")
add_library(bawn_patterns STATIC ${CMAKE_BINARY_DIR}/blob.c)
set_source_files_properties(${CMAKE_BINARY_DIR}/blob.c PROPERTIES OBJECT_DEPENDS ${CMAKE_BINARY_DIR}/patterns.db
  COMPILE_OPTIONS "-Wno-pedantic")
