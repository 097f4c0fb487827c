package io.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Rules of style that class files show. */
final class HouseRulesTest {

    private static final Pattern EMPTY_NAME = Pattern.compile(".*(Util|Utils|Helper|Helpers|Manager|Impl|Base)");
    private static final Pattern CHANGING_TYPE = Pattern.compile(
            "java\\.util\\.concurrent\\.(atomic\\..*|Concurrent.*|locks\\..*)|java\\.lang\\.ThreadLocal");
    private static final Set<String> THREAD_MAKERS =
            Set.of("ofPlatform", "ofVirtual", "startVirtualThread", "<init>", "newThreadPerTaskExecutor");

    /** Who makes threads: one place for the engine, and what stands apart from it. */
    private static final Set<String> MAY_MAKE_THREADS = Set.of(
            "io.millrace.core.thread",
            // The SDK does not depend on the engine.
            "io.millrace.client",
            // For tests, beside the engine and not on it.
            "io.millrace.testkit");

    /** The clock of the machine is read where a person or another process is told the time. */
    private static final Set<String> MAY_READ_THE_CLOCK =
            Set.of("io.millrace.cli.up", "io.millrace.embedded", "io.millrace.testkit");

    /** The processes that handle what callers give them. */
    private static final Set<String> SERVES = Set.of("io.millrace.core.", "io.millrace.worker.", "io.millrace.api.");

    @Test
    void a_name_says_what_a_class_is() {
        assertThat(Sources.classes())
                .extracting(JavaClass::getSimpleName)
                .noneMatch(name -> EMPTY_NAME.matcher(name).matches());
    }

    @Test
    void a_configuration_is_a_record() {
        assertThat(Sources.classes())
                .filteredOn(type -> type.getSimpleName().endsWith("Config"))
                .isNotEmpty()
                .allSatisfy(
                        type -> assertThat(type.isRecord()).as(type.getName()).isTrue());
    }

    @Test
    void no_static_field_can_change() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : Sources.classes()) {
            for (JavaField field : type.getFields()) {
                if (field.getModifiers().contains(JavaModifier.STATIC)
                        && !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && (!field.getModifiers().contains(JavaModifier.FINAL)
                                || CHANGING_TYPE
                                        .matcher(field.getRawType().getName())
                                        .matches())) {
                    wrong.add(field.getFullName());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void nobody_sleeps() {
        assertThat(accesses(access -> access.getTargetOwner().isEquivalentTo(Thread.class)
                        && access.getName().equals("sleep")))
                .isEmpty();
    }

    @Test
    void threads_are_made_in_one_place() {
        assertThat(accesses(access -> THREAD_MAKERS.contains(access.getName())
                        && (access.getTargetOwner().isEquivalentTo(Thread.class)
                                || access.getTargetOwner().getName().equals("java.util.concurrent.Executors"))
                        && !MAY_MAKE_THREADS.contains(access.getOriginOwner().getPackageName())))
                .isEmpty();
    }

    @Test
    void time_is_handed_in() {
        assertThat(accesses(access -> readsTheClock(access)
                        && !MAY_READ_THE_CLOCK.contains(access.getOriginOwner().getPackageName())))
                .isEmpty();
    }

    /** What a job names is fetched by the one class that checks where it leads. */
    @Test
    void addresses_are_fetched_in_one_place() {
        assertThat(accesses(access -> fetches(access)
                        && SERVES.stream().anyMatch(access.getOriginOwner().getName()::startsWith)
                        && !access.getOriginOwner().getPackageName().equals("io.millrace.worker.fetch")))
                .isEmpty();
    }

    private static boolean fetches(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        return owner.startsWith("java.net.http.")
                || owner.equals("java.net.HttpURLConnection")
                || (owner.equals("java.net.URL")
                        && Set.of("openConnection", "openStream", "getContent").contains(access.getName()));
    }

    private static boolean readsTheClock(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        return (owner.equals("java.lang.System") && access.getName().equals("currentTimeMillis"))
                || (owner.startsWith("java.time.")
                        && access.getName().equals("now")
                        && access.getDescription().contains(".now()"));
    }

    private static Set<String> accesses(Predicate<JavaAccess<?>> wrong) {
        Set<String> found = new TreeSet<>();
        for (JavaClass type : Sources.classes()) {
            type.getAccessesFromSelf().stream().filter(wrong).forEach(access -> found.add(access.getDescription()));
        }
        return found;
    }
}
