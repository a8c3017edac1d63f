# `micro`: the engine timed in process, by parts (bench/micro). The linker puts bench/micro/profile.c around the functions
# by which rooms call each other; names that profile.c wraps with REAL(result, name, ...) are read from the file.
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/micro/*.c)
set(profile ${CMAKE_SOURCE_DIR}/bench/micro/profile.c)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${profile})
file(STRINGS ${profile} lines REGEX "^REAL\\(")
add_executable(micro ${sources} $<TARGET_OBJECTS:bawn_patterns>)
target_link_libraries(micro bawn_exchange m)
foreach(line ${lines})
  string(REGEX REPLACE "^REAL\\([^,]*, *([a-z0-9_]+),.*" "\\1" name "${line}")
  target_link_options(micro PRIVATE -Wl,--wrap=${name})
endforeach()

# The load side of the harness: a mock upstream and a prober, which know nothing of Bawn.
foreach(tool mock probe)
  add_executable(bench_${tool} ${CMAKE_SOURCE_DIR}/bench/gateways/${tool}.c)
  target_compile_options(bench_${tool} PRIVATE -Wno-conversion -Wno-shadow -Wno-null-dereference)
  set_target_properties(bench_${tool} PROPERTIES OUTPUT_NAME ${tool} RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/gateways)
endforeach()
