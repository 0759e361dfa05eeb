package dev.coracle.integration.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.coracle.containerd.api.images.CreateImageRequest;
import dev.coracle.containerd.api.images.DeleteImageRequest;
import dev.coracle.containerd.api.images.ImagesGrpc;
import dev.coracle.containerd.api.namespaces.CreateNamespaceRequest;
import dev.coracle.containerd.api.namespaces.DeleteNamespaceRequest;
import dev.coracle.containerd.api.namespaces.GetNamespaceRequest;
import dev.coracle.containerd.api.namespaces.ListNamespacesRequest;
import dev.coracle.containerd.api.namespaces.Namespace;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc;
import dev.coracle.containerd.api.namespaces.NamespacesGrpc.NamespacesBlockingStub;
import dev.coracle.containerd.api.namespaces.UpdateNamespaceRequest;
import io.grpc.Status;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NamespacesOverTheWire extends OverTheWire {
    private final NamespacesBlockingStub namespaces = in(NamespacesGrpc.newBlockingStub(channel));

    @Test
    void what_was_created_is_found_and_listed() {
        create(namespace, Map.of("a", "1"));

        assertThat(labels(namespace)).isEqualTo(Map.of("a", "1"));
        assertThat(namespaces.list(ListNamespacesRequest.getDefaultInstance()).getNamespacesList())
                .anySatisfy(one -> {
                    assertThat(one.getName()).isEqualTo(namespace);
                    assertThat(one.getLabelsMap()).isEqualTo(Map.of("a", "1"));
                });
        exists(() -> create(namespace, Map.of()));
    }

    @Test
    void a_filter_of_a_list_is_ignored() {
        create(namespace, Map.of());

        assertThat(namespaces
                        .list(ListNamespacesRequest.newBuilder()
                                .setFilter("name==nobody")
                                .build())
                        .getNamespacesList())
                .extracting(Namespace::getName)
                .contains(namespace);
    }

    @Test
    void one_that_does_not_exist_has_no_labels() {
        assertThat(labels("nobody")).isEmpty();
    }

    @Test
    void a_name_is_an_identifier_of_at_most_76_characters() {
        for (var name : List.of("", "no/slash", "-a", "a-", "a..b", "ä", "n".repeat(77))) {
            refuses("", () -> create(name, Map.of()));
        }
        create("n".repeat(76), Map.of());
    }

    @Test
    void labels_have_a_longest_length() {
        refuses("label", () -> create(namespace, labelsOf(4097)));
        create(namespace, labelsOf(4096));
    }

    @Test
    void an_update_names_the_labels_or_replaces_all_and_answers_nothing() {
        create(namespace, Map.of("a", "1", "b", "2"));

        var one = update(Map.of("a", "x", "b", "y"), "labels.a");
        assertThat(one.getLabelsMap()).as("an update answers nothing").isEmpty();
        assertThat(labels(namespace)).isEqualTo(Map.of("a", "x", "b", "2"));
        update(Map.of("a", ""), "labels.a");
        assertThat(labels(namespace)).as("an empty value deletes").isEqualTo(Map.of("b", "2"));
        update(Map.of("c", "3"));
        assertThat(labels(namespace)).isEqualTo(Map.of("c", "3"));
    }

    @Test
    void an_update_of_anything_else_is_refused() {
        create(namespace, Map.of());

        refuses("", () -> update(Map.of(), "labels"));
        refuses("", () -> update(Map.of(), "name"));
    }

    @Test
    void only_an_empty_one_is_deleted() {
        var images = in(ImagesGrpc.newBlockingStub(channel));
        images.create(CreateImageRequest.newBuilder()
                .setImage(ImagesOverTheWire.image("i"))
                .build());

        fails(Status.Code.FAILED_PRECONDITION, "image", () -> delete(namespace));
        images.delete(DeleteImageRequest.newBuilder().setName("i").setSync(true).build());
        delete(namespace);
        isMissing(() -> delete(namespace));
    }

    private void create(String name, Map<String, String> labels) {
        namespaces.create(CreateNamespaceRequest.newBuilder()
                .setNamespace(Namespace.newBuilder().setName(name).putAllLabels(labels))
                .build());
    }

    private Namespace update(Map<String, String> labels, String... paths) {
        return namespaces
                .update(UpdateNamespaceRequest.newBuilder()
                        .setNamespace(Namespace.newBuilder().setName(namespace).putAllLabels(labels))
                        .setUpdateMask(mask(paths))
                        .build())
                .getNamespace();
    }

    private void delete(String name) {
        namespaces.delete(DeleteNamespaceRequest.newBuilder().setName(name).build());
    }

    private Map<String, String> labels(String name) {
        return namespaces
                .get(GetNamespaceRequest.newBuilder().setName(name).build())
                .getNamespace()
                .getLabelsMap();
    }
}
