# What is installed: libbawn.so.0, the command, the nginx module, and the built-in pattern database inside them.

# The pattern tables' own compiler runs once per change of the tables; its output is linked in as bytes.
# (file(CONFIGURE) leaves a file that would be the same: each configuring would compile the patterns anew.)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/blob_none.c @ONLY CONTENT
  "extern const unsigned char bawn_patterns_blob[], bawn_patterns_blob_end[];\nconst unsigned char bawn_patterns_blob[1] = { 0 };\nconst unsigned char bawn_patterns_blob_end[1] = { 0 };\n")
add_library(bawn_blob_none STATIC ${CMAKE_BINARY_DIR}/blob_none.c)
add_executable(patterns tools/patterns.c)
target_link_libraries(patterns bawn_engine bawn_blob_none)
set_target_properties(patterns PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
add_custom_command(OUTPUT ${CMAKE_BINARY_DIR}/patterns.db
  COMMAND ${CMAKE_COMMAND} -E env ASAN_OPTIONS=detect_leaks=0 $<TARGET_FILE:patterns> ${CMAKE_BINARY_DIR}/patterns.db
  DEPENDS patterns COMMENT "Compiling the built-in patterns")
add_custom_target(patterns_db DEPENDS ${CMAKE_BINARY_DIR}/patterns.db)
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/blob.c @ONLY CONTENT
"__asm__(\".section .rodata\\n.balign 64\\n.global bawn_patterns_blob\\n.hidden bawn_patterns_blob\\nbawn_patterns_blob:\\n\"
  \".incbin \\\"${CMAKE_BINARY_DIR}/patterns.db\\\"\\n.global bawn_patterns_blob_end\\n.hidden bawn_patterns_blob_end\\n\"
  \"bawn_patterns_blob_end:\\n.byte 0\\n.previous\\n\");\ntypedef int bawn_blob;\n")
add_library(bawn_patterns STATIC ${CMAKE_BINARY_DIR}/blob.c)
# Assembly at the top level is lost between the parts of a link-time optimised program.
set_source_files_properties(${CMAKE_BINARY_DIR}/blob.c PROPERTIES OBJECT_DEPENDS ${CMAKE_BINARY_DIR}/patterns.db COMPILE_OPTIONS -fno-lto)
add_dependencies(bawn_patterns patterns_db)

# The library: everything from base to exchange; only what bawn.h declares is visible.
add_library(bawn SHARED ${CMAKE_BINARY_DIR}/blob.c)
add_dependencies(bawn patterns_db)
target_link_libraries(bawn PRIVATE -Wl,--whole-archive bawn_exchange bawn_engine bawn_base
  -Wl,--no-whole-archive bawn_dialect bawn_guard bawn_policy bawn_record bawn_match bawn_text)
target_link_options(bawn PRIVATE -Wl,--version-script=${CMAKE_SOURCE_DIR}/src/exchange/libbawn.map -Wl,-z,defs)
set_target_properties(bawn PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION 0 LINK_DEPENDS ${CMAKE_SOURCE_DIR}/src/exchange/libbawn.map)
if(BAWN_SANITIZE)
  target_link_options(bawn PRIVATE -Wl,-z,undefs)   # a sanitised library gets its run-time from the program
endif()

include(cmake/nginx.cmake OPTIONAL)
include(cmake/cli.cmake OPTIONAL)
include(cmake/bench.cmake OPTIONAL)
include(cmake/docs.cmake OPTIONAL)
include(cmake/embed.cmake OPTIONAL)
include(cmake/install.cmake OPTIONAL)
