package io.millrace.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** The table of packages holds, and each library stays in its place. */
final class PackagesTest {

    /** Where a library may be used; what is not named here may be used anywhere. */
    private static final List<Place> PLACES = List.of(
            new Place("redis.clients", "core.redis", "testkit"),
            new Place("com.zaxxer.hikari", "core.postgres"),
            new Place("org.flywaydb", "core.postgres"),
            new Place("org.postgresql", "core.postgres"),
            // Reports read the operator's own database; "up" makes the database and the role of the services.
            new Place("java.sql", "core.postgres", "worker.report", "cli.up", "testkit", "testkit.history"),
            new Place("javax.sql", "core.postgres"),
            // The worker's port serves health and metrics.
            new Place(
                            "io.javalin",
                            "dashboard",
                            "api",
                            "api.http",
                            "api.contract",
                            "api.job",
                            "api.queue",
                            "api.worker",
                            "api.operation")
                    .and("api.access", "api.health", "api.events", "worker", "worker.run"),
            new Place("io.micrometer", "core.metrics", "core", "api", "worker", "api.health"),
            new Place("jakarta.mail", "worker.email"),
            new Place("org.eclipse.angus", "worker.email"),
            new Place("com.openhtmltopdf", "worker.report"),
            new Place("org.dhatim", "worker.report"),
            new Place("de.siegmar", "worker.report"),
            new Place("javax.imageio", "worker.image", "cli.demo"),
            new Place("net.coobird", "worker.image"),
            new Place("com.twelvemonkeys", "worker.image"),
            new Place("org.testcontainers", "testkit"),
            new Place("picocli", "cli", "cli.operate"));

    private final PackageTable table = new PackageTable();

    private record Place(String library, Set<String> packages) {
        Place(String library, String... packages) {
            this(library, Set.of(packages));
        }

        Place and(String... more) {
            var all = new TreeSet<>(packages);
            all.addAll(Arrays.asList(more));
            return new Place(library, all);
        }
    }

    @Test
    void every_module_is_looked_at() {
        Set<String> seen = new TreeSet<>();
        Sources.classes().forEach(type -> seen.add(Sources.packageOf(type).split("\\.", -1)[0]));

        assertThat(seen).containsExactlyInAnyOrderElementsOf(table.parts());
    }

    @Test
    void every_package_is_in_the_table() {
        assertThat(Sources.classes())
                .extracting(Sources::packageOf)
                .allSatisfy(name -> assertThat(table.knows(name))
                        .as("'%s' has a row in PackageTable", name)
                        .isTrue());
    }

    @Test
    void a_package_uses_only_what_its_row_allows() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : Sources.classes()) {
            for (Dependency use : type.getDirectDependenciesFromSelf()) {
                JavaClass target = use.getTargetClass().getBaseComponentType();
                if (Sources.isOurs(target)
                        && !Sources.packageOf(target).equals(Sources.packageOf(type))
                        && !table.allows(Sources.packageOf(type), Sources.packageOf(target))) {
                    wrong.add(
                            Sources.packageOf(type) + " -> " + Sources.packageOf(target) + ": " + use.getDescription());
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void each_library_is_used_in_its_place_only() {
        Set<String> wrong = new TreeSet<>();
        for (JavaClass type : Sources.classes()) {
            for (Dependency use : type.getDirectDependenciesFromSelf()) {
                String target = use.getTargetClass().getBaseComponentType().getPackageName();
                PLACES.stream()
                        .filter(place -> target.equals(place.library()) || target.startsWith(place.library() + "."))
                        .filter(place -> !place.packages().contains(Sources.packageOf(type)))
                        .forEach(place -> wrong.add(type.getName() + " uses " + place.library()));
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void the_shared_words_need_nothing_but_the_jdk() {
        Set<String> foreign = new TreeSet<>();
        for (JavaClass type : Sources.classes()) {
            if (Sources.packageOf(type).startsWith("protocol")) {
                type.getDirectDependenciesFromSelf().stream()
                        .map(use -> use.getTargetClass().getBaseComponentType())
                        .filter(target -> !target.isPrimitive() && !Sources.isOurs(target))
                        .map(JavaClass::getPackageName)
                        .filter(name -> !name.startsWith("java.") && !name.equals("org.jspecify.annotations"))
                        .forEach(foreign::add);
            }
        }
        assertThat(foreign).isEmpty();
    }

    @Test
    void every_package_is_described_and_null_marked() {
        Set<String> names = new TreeSet<>();
        Sources.classes().forEach(type -> names.add(type.getPackageName()));

        assertThat(names)
                .allSatisfy(name -> assertThat(Class.forName(name + ".package-info"))
                        .as("package-info of %s", name)
                        .hasAnnotation(NullMarked.class));
    }
}
