package io.millrace.architecture;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;

/** The classes of every module but the benches and the browser test, which nothing depends on. Tests are left out. */
final class Sources {

    static final String ROOT = "io.millrace";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(ROOT);

    private Sources() {}

    static List<JavaClass> classes() {
        return CLASSES.stream()
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .toList();
    }

    static boolean isOurs(JavaClass type) {
        return type.getPackageName().startsWith(ROOT + ".");
    }

    /** The package without the root, as the table has it. */
    static String packageOf(JavaClass type) {
        return type.getPackageName().substring(ROOT.length() + 1);
    }
}
