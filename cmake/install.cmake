# `cmake --install` (make install DESTDIR= PREFIX=): the command, libbawn with its header and pkg-config file, the nginx
# module, manual pages, completions, the systemd unit, example policies and the docs. Nothing is started or enabled.
set(doc share/doc/bawn)
set(CMAKE_INSTALL_LIBDIR lib CACHE STRING "where libbawn.so goes, beneath the prefix; Debian's packages have a folder per machine")

if(TARGET bawn_command)
  install(TARGETS bawn_command RUNTIME DESTINATION bin)
endif()
set(completions ${CMAKE_SOURCE_DIR}/completions)          # a test holds them to the table of commands
install(FILES ${completions}/bawn.bash DESTINATION share/bash-completion/completions RENAME bawn)
install(FILES ${completions}/_bawn DESTINATION share/zsh/vendor-completions)
install(FILES ${completions}/bawn.fish DESTINATION share/fish/vendor_completions.d)

install(TARGETS bawn LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/include/bawn DESTINATION include FILES_MATCHING PATTERN "*.h")
file(RELATIVE_PATH up /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)                # as many ".." as the prefix is away
string(REGEX REPLACE "/$" "" up ${up})
file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/bawn.pc @ONLY CONTENT [[
prefix=${pcfiledir}/@up@
libdir=${prefix}/@CMAKE_INSTALL_LIBDIR@
includedir=${prefix}/include

Name: bawn
Description: The engine of Bawn: guardrails for text that goes to and comes from language models
Version: @PROJECT_VERSION@
Libs: -L${libdir} -lbawn
Cflags: -I${includedir}
]])
install(FILES ${CMAKE_BINARY_DIR}/bawn.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# `bawn serve` finds the module in lib/bawn. The module finds libbawn.so.0 wherever the prefix is: two folders up, or one from
# lib/bawn (the loader takes the folder by the name that it was given, not the one that a link leads to).
if(TARGET bawn_nginx_module)
  set_target_properties(bawn_nginx_module PROPERTIES INSTALL_RPATH "$ORIGIN/../..;$ORIGIN/..")
  install(TARGETS bawn_nginx_module LIBRARY DESTINATION lib/nginx/modules)
  install(CODE [[
    file(MAKE_DIRECTORY "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/bawn")
    file(CREATE_LINK ../nginx/modules/ngx_http_bawn_module.so
      "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/bawn/ngx_http_bawn_module.so" SYMBOLIC)
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES "${CMAKE_INSTALL_PREFIX}/lib/bawn/ngx_http_bawn_module.so")
  ]])
endif()

file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/man/*.[1-8])
foreach(page ${pages})
  string(REGEX REPLACE ".*\\.([1-8])$" "\\1" section ${page})
  install(FILES ${page} DESTINATION share/man/man${section})
endforeach()

# The units name the program by its prefix.
file(GLOB units CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/deploy/systemd/*.service ${CMAKE_SOURCE_DIR}/deploy/systemd/*.timer
  ${CMAKE_SOURCE_DIR}/deploy/systemd/*.socket)
install(CODE "set(units \"${units}\")")
install(CODE [[
  foreach(unit ${units})
    get_filename_component(name ${unit} NAME)
    file(READ "${unit}" text)
    string(REPLACE "/usr/local/bin/bawn" "${CMAKE_INSTALL_PREFIX}/bin/bawn" text "${text}")
    file(WRITE "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/lib/systemd/system/${name}" "${text}")
    list(APPEND CMAKE_INSTALL_MANIFEST_FILES "${CMAKE_INSTALL_PREFIX}/lib/systemd/system/${name}")
  endforeach()
]])
install(FILES ${CMAKE_SOURCE_DIR}/deploy/systemd/bawn.sysusers DESTINATION lib/sysusers.d RENAME bawn.conf)

install(DIRECTORY ${CMAKE_SOURCE_DIR}/examples/policies DESTINATION ${doc}/examples FILES_MATCHING PATTERN "*.yaml")
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/ DESTINATION ${doc} FILES_MATCHING PATTERN "*.md" PATTERN "openapi.yaml" PATTERN man EXCLUDE)
install(FILES ${CMAKE_SOURCE_DIR}/README.md ${CMAKE_SOURCE_DIR}/CHANGELOG.md ${CMAKE_SOURCE_DIR}/SECURITY.md
  ${CMAKE_SOURCE_DIR}/LICENSE DESTINATION ${doc})
