package dev.coracle.commands.ctr;

import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.leases.CreateRequest;
import dev.coracle.containerd.api.leases.DeleteRequest;
import dev.coracle.containerd.api.leases.LeasesGrpc;
import dev.coracle.containerd.api.leases.ListRequest;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;

/// `ctr leases`.
final class LeaseVerbs {
    private static final String EXPIRE = "containerd.io/gc.expire";

    private LeaseVerbs() {}

    static Verb<Session> verb() {
        return Verb.group(
                "leases",
                "Manage leases",
                List.of(
                        Verb.of(
                                "list ls",
                                "List all active leases",
                                "[flags] <filter>",
                                List.of(Flag.bool("quiet q", "Print only the lease ids")),
                                LeaseVerbs::list),
                        Verb.of(
                                "create",
                                "Create lease",
                                "[flags] <label>=<value> ...",
                                List.of(
                                        Flag.text("id", "Id of the lease; made when it is not given"),
                                        Flag.duration("expires x", "Time after which the lease ends; 0 for never")
                                                .or("24h0m0s")),
                                LeaseVerbs::create),
                        Verb.of(
                                "delete del remove rm",
                                "Delete a lease",
                                "[flags] <lease id> ...",
                                List.of(Flag.bool("sync", "Wait until what the leases held is removed")),
                                LeaseVerbs::delete)));
    }

    private static int list(Line line, Session session) {
        var stub = session.connect(line).stub(LeasesGrpc::newBlockingStub);
        var request = ListRequest.newBuilder().addAllFilters(line.arguments()).build();
        var leases = Connection.call(() -> stub.list(request)).getLeasesList();
        if (line.flag("quiet")) {
            leases.forEach(lease -> session.terminal().line(lease.getId()));
            return 0;
        }
        var table = Table.narrow().row("ID", "CREATED AT", "LABELS");
        leases.forEach(lease -> table.row(
                lease.getId(),
                DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(Wires.instant(lease.getCreatedAt())
                        .truncatedTo(ChronoUnit.SECONDS)
                        .atZone(ZoneId.systemDefault())),
                Views.labels(lease.getLabelsMap(), "-")));
        session.terminal().out().print(table.text());
        return 0;
    }

    private static int create(Line line, Session session) {
        var stub = session.connect(line).stub(LeasesGrpc::newBlockingStub);
        var id = line.text("id");
        var request = CreateRequest.newBuilder()
                .setId(id.isEmpty() ? UUID.randomUUID().toString() : id)
                .putAllLabels(Line.labels(line.arguments()));
        if (line.duration("expires").isPositive()) {
            var end = session.clock().instant().plus(line.duration("expires"));
            request.putLabels(EXPIRE, end.truncatedTo(ChronoUnit.SECONDS).toString());
        }
        session.terminal()
                .line(Connection.call(() -> stub.create(request.build()))
                        .getLease()
                        .getId());
        return 0;
    }

    private static int delete(Line line, Session session) {
        if (line.arguments().isEmpty()) {
            throw UsageFailure.answeredWithHelp();
        }
        var stub = session.connect(line).stub(LeasesGrpc::newBlockingStub);
        var ids = line.arguments();
        for (var id : ids) {
            var request = DeleteRequest.newBuilder()
                    .setId(id)
                    .setSync(line.flag("sync") && id.equals(ids.getLast()))
                    .build();
            Connection.call(() -> stub.delete(request));
            session.terminal().line(id);
        }
        return 0;
    }

    /// Makes the daemon collect garbage: the end of any lease does.
    static void collect(Connection connection, String id, boolean wait) {
        var stub = connection.stub(LeasesGrpc::newBlockingStub);
        Connection.call(() -> stub.create(CreateRequest.newBuilder().setId(id).build()));
        Connection.call(() ->
                stub.delete(DeleteRequest.newBuilder().setId(id).setSync(wait).build()));
    }
}
