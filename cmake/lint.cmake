# `lint`: clang-tidy over every file of the product, as .clang-tidy says. A stamp for each file, so that only what changed is
# read again; a header or a table counts as a change of all.
find_program(BAWN_CLANG_TIDY clang-tidy)
if(NOT BAWN_CLANG_TIDY)
  add_custom_target(lint COMMAND sh -c "echo 'lint: error: found no clang-tidy; install it: apt-get install clang-tidy' >&2; exit 1" VERBATIM)
  return()
endif()
file(GLOB_RECURSE lint_sources CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}
  ${CMAKE_SOURCE_DIR}/src/*.c ${CMAKE_SOURCE_DIR}/connectors/nginx/*.c ${CMAKE_SOURCE_DIR}/examples/embed/*.c)
file(GLOB_RECURSE lint_rest CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/*.h ${CMAKE_SOURCE_DIR}/src/*.h
  ${CMAKE_SOURCE_DIR}/src/*.inc ${CMAKE_SOURCE_DIR}/connectors/nginx/*.h)
foreach(source ${lint_sources})
  string(REPLACE "/" "." name ${source})
  set(stamp ${CMAKE_BINARY_DIR}/lint/${name})
  add_custom_command(OUTPUT ${stamp}
    COMMAND ${BAWN_CLANG_TIDY} --quiet -p ${CMAKE_BINARY_DIR} ${CMAKE_SOURCE_DIR}/${source}
    COMMAND ${CMAKE_COMMAND} -E touch ${stamp}
    DEPENDS ${CMAKE_SOURCE_DIR}/${source} ${lint_rest} ${CMAKE_SOURCE_DIR}/.clang-tidy
    COMMENT "clang-tidy ${source}")
  list(APPEND lint_stamps ${stamp})
endforeach()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/lint)
add_custom_target(lint DEPENDS ${lint_stamps})
