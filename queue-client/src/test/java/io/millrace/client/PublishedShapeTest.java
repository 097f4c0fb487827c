package io.millrace.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What a repository asks of a published library, and that the list of versions is in step with what is built. */
final class PublishedShapeTest {

    @Test
    void the_bom_has_the_version_of_the_root_and_names_the_libraries() throws Exception {
        Document bom = pom("../queue-bom/pom.xml");

        assertThat(text(bom, "version")).isEqualTo(text(pom("../pom.xml"), "version"));
        assertThat(texts(bom, "dependencyManagement/dependencies/dependency/artifactId"))
                .containsExactly("queue-client", "queue-protocol", "queue-worker", "queue-core");
        assertThat(texts(bom, "dependencyManagement/dependencies/dependency/version"))
                .containsOnly("${project.version}");
        assertThat(texts(bom, "parent")).isEmpty();
    }

    @Test
    void every_published_pom_says_what_central_asks_for() throws Exception {
        for (String shared : List.of("../pom.xml", "../queue-bom/pom.xml")) {
            Document pom = pom(shared);
            for (String wanted : List.of(
                    "name",
                    "description",
                    "url",
                    "licenses/license/url",
                    "developers/developer/name",
                    "scm/connection",
                    "scm/developerConnection",
                    "scm/url")) {
                assertThat(text(pom, wanted)).as(wanted + " of " + shared).isNotBlank();
            }
        }
        for (String module : List.of("queue-client", "queue-protocol", "queue-worker", "queue-core")) {
            Document pom = pom("../" + module + "/pom.xml");
            assertThat(text(pom, "name")).as(module).isEqualTo(module);
            assertThat(text(pom, "description")).as(module).isNotBlank();
        }
    }

    @Test
    void producers_can_name_the_modules() throws Exception {
        assertThat(text(pom("../queue-client/pom.xml"), "build//Automatic-Module-Name"))
                .isEqualTo("io.millrace.client");
        assertThat(text(pom("../queue-protocol/pom.xml"), "build//Automatic-Module-Name"))
                .isEqualTo("io.millrace.protocol");
    }

    private static Document pom(String file) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(Path.of(file).toFile());
    }

    private static String text(Document pom, String path) throws Exception {
        return String.join("", texts(pom, path));
    }

    private static List<String> texts(Document pom, String path) throws Exception {
        var nodes = (NodeList)
                XPathFactory.newInstance().newXPath().evaluate("/project/" + path, pom, XPathConstants.NODESET);
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            texts.add(nodes.item(i).getTextContent().strip());
        }
        return texts;
    }
}
