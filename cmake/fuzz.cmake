# fuzz/<name>.c: one libFuzzer target each. Seeds are in fuzz/seeds/<name>/ where there are any.
file(GLOB targets CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fuzz/*.c)
add_custom_target(fuzzers)
foreach(source ${targets})
  get_filename_component(name ${source} NAME_WE)
  add_executable(fuzz_${name} EXCLUDE_FROM_ALL ${source})
  target_include_directories(fuzz_${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests)
  target_link_libraries(fuzz_${name} bawn_exchange bawn_patterns m)
  target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  add_dependencies(fuzzers fuzz_${name})
endforeach()

# Parsers that are not ours, which json_peers holds ours against.
pkg_check_modules(PEERS REQUIRED jansson yajl libcjson)
target_include_directories(fuzz_json_peers PRIVATE ${PEERS_INCLUDE_DIRS})
target_link_libraries(fuzz_json_peers ${PEERS_LIBRARIES})
