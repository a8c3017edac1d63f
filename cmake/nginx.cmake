# The nginx module, built against Debian's nginx-dev, or any other nginx's sources (packaging/module): its ./configure, with
# Debian's own flags or BAWN_NGINX_FLAGS, runs once, in a copy, for the two headers that it makes; our files are then
# ordinary C files with the full warning set (RULINGS R20).
# The module links libbawn.so (target `bawn`) for the engine, and the static rooms record (the spool), confine and base.
set(BAWN_NGINX_SOURCE /usr/share/nginx/src CACHE PATH "sources of nginx-dev, or of nginx")
set(BAWN_NGINX_FLAGS --with-compat --with-threads --with-http_ssl_module --with-http_v2_module --with-http_realip_module
  CACHE STRING "for ./configure of sources that are not Debian's: a list")
set(nginx ${CMAKE_BINARY_DIR}/nginx)

if(NOT EXISTS ${BAWN_NGINX_SOURCE}/src/core/nginx.h)
  message(FATAL_ERROR "no nginx sources in ${BAWN_NGINX_SOURCE}: install Debian's package nginx-dev")
elseif(EXISTS ${BAWN_NGINX_SOURCE}/conf_flags)
  set(configure bash -c ". ./conf_flags && exec ./configure \"\${NGX_CONF_FLAGS[@]}\"")
elseif(EXISTS ${BAWN_NGINX_SOURCE}/configure)
  set(configure ./configure ${BAWN_NGINX_FLAGS})
else()
  set(configure auto/configure ${BAWN_NGINX_FLAGS})           # a checkout, not a release
endif()

file(STRINGS ${BAWN_NGINX_SOURCE}/src/core/nginx.h line REGEX "define NGINX_VERSION ")
string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" BAWN_NGINX_VERSION "${line}")

if(NOT EXISTS ${nginx}/${BAWN_NGINX_VERSION}.done)
  message(STATUS "Configuring nginx ${BAWN_NGINX_VERSION} for its headers")
  file(REMOVE_RECURSE ${nginx})
  file(MAKE_DIRECTORY ${nginx})
  file(COPY ${BAWN_NGINX_SOURCE}/ DESTINATION ${nginx} FOLLOW_SYMLINK_CHAIN)
  execute_process(
    COMMAND ${configure}
    WORKING_DIRECTORY ${nginx} OUTPUT_FILE ${nginx}/configure.log ERROR_FILE ${nginx}/configure.log RESULT_VARIABLE failed)
  if(failed)
    message(FATAL_ERROR "nginx's ./configure failed, see ${nginx}/configure.log")
  endif()
  file(TOUCH ${nginx}/${BAWN_NGINX_VERSION}.done)
endif()

add_library(bawn_nginx_module MODULE)
file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/connectors/nginx/*.c)
target_sources(bawn_nginx_module PRIVATE ${sources})
set_target_properties(bawn_nginx_module PROPERTIES PREFIX "" OUTPUT_NAME ngx_http_bawn_module)
foreach(folder core event event/modules event/quic os/unix http http/modules http/v2 http/v3)
  target_include_directories(bawn_nginx_module SYSTEM PRIVATE ${nginx}/src/${folder})
endforeach()
target_include_directories(bawn_nginx_module SYSTEM PRIVATE ${nginx}/objs)
target_link_libraries(bawn_nginx_module PRIVATE bawn bawn_record bawn_confine bawn_base ${ZLIB_LIBRARIES} ${BROTLI_LIBRARIES})

# A running nginx maps the old file: the new one must come by rename (a linker that writes in place kills workers).
add_custom_command(TARGET bawn_nginx_module PRE_LINK
  COMMAND ${CMAKE_COMMAND} -E rm -f $<TARGET_FILE:bawn_nginx_module>)

# `bawn serve` compares this with the nginx that it starts, before nginx says "version mismatch".
target_compile_definitions(bawn_serve PRIVATE BAWN_NGINX_VERSION="${BAWN_NGINX_VERSION}")

# Tests only: a libbawn.so that obeys words in the body, for steps that the engine gives only when it must.
if(BAWN_TESTS)
  add_library(bawn_scripted SHARED ${CMAKE_SOURCE_DIR}/tests/e2e/engine/scripted.c)
  set_target_properties(bawn_scripted PROPERTIES OUTPUT_NAME bawn LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/scripted)
  get_target_property(soversion bawn SOVERSION)
  if(soversion)
    set_target_properties(bawn_scripted PROPERTIES SOVERSION ${soversion})
  endif()
  target_link_libraries(bawn_scripted PRIVATE bawn_base)
endif()
if(BAWN_TESTS)
  add_executable(serve_driver ${CMAKE_SOURCE_DIR}/tests/e2e/engine/serve_driver.c)
  target_link_libraries(serve_driver PRIVATE bawn_serve -Wl,--whole-archive bawn_patterns -Wl,--no-whole-archive)
  add_executable(aws_driver ${CMAKE_SOURCE_DIR}/tests/e2e/engine/aws_driver.c)
  target_link_libraries(aws_driver PRIVATE bawn_dialect)
  add_library(probe SHARED ${CMAKE_SOURCE_DIR}/tests/e2e/engine/probe.c)      # an intruder, preloaded into nginx
  set_target_properties(probe PROPERTIES INTERPROCEDURAL_OPTIMIZATION OFF)
  target_link_libraries(probe PRIVATE ${CMAKE_DL_LIBS})
  add_custom_target(e2e DEPENDS bawn_nginx_module bawn_scripted serve_driver aws_driver probe)
endif()
