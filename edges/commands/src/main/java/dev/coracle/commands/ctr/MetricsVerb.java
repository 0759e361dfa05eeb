package dev.coracle.commands.ctr;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.coracle.base.EngineException.NotFound;
import dev.coracle.commands.Session;
import dev.coracle.commands.client.Connection;
import dev.coracle.commands.client.EventJson;
import dev.coracle.commands.client.Tasks;
import dev.coracle.commands.client.Wires;
import dev.coracle.commands.line.Flag;
import dev.coracle.commands.line.Line;
import dev.coracle.commands.line.Table;
import dev.coracle.commands.line.UsageFailure;
import dev.coracle.commands.line.Verb;
import dev.coracle.containerd.api.cgroups2.Metrics;
import dev.coracle.containerd.api.tasks.MetricsRequest;
import dev.coracle.oci.Json;
import java.util.List;

/// `ctr tasks metrics`: one reading of a task's cgroup.
final class MetricsVerb {
    private MetricsVerb() {}

    static Verb<Session> verb() {
        return Verb.of(
                "metrics metric",
                "Get a single data point of metrics for a task with the built-in Linux runtime",
                "CONTAINER",
                List.of(Flag.text("format", "\"table\" or \"json\"").or("table")),
                MetricsVerb::metrics);
    }

    private static int metrics(Line line, Session session) throws InvalidProtocolBufferException {
        var id = ContainerVerbs.id(line);
        var stub = new Tasks(session.connect(line)).stub();
        var request = MetricsRequest.newBuilder().addFilters("id==" + id).build();
        var metric = Connection.call(() -> stub.metrics(request)).getMetricsList().stream()
                .findFirst()
                .orElseThrow(() -> new NotFound("no metrics for task " + id));
        if (!metric.getData().getTypeUrl().endsWith("io.containerd.cgroups.v2.Metrics")) {
            throw UsageFailure.of(
                    "cannot convert metric data of type \"" + metric.getData().getTypeUrl() + "\"");
        }
        var data = Metrics.parseFrom(metric.getData().getValue());
        switch (line.text("format")) {
            case "json" -> session.terminal().line(Json.pretty(EventJson.object(data), "  "));
            case "table" -> {
                var time = Wires.instant(metric.getTimestamp());
                var head = Table.narrow().row("ID", "TIMESTAMP").row(metric.getId(), time);
                session.terminal().out().print(head.text() + "\n" + table(data).text());
            }
            default -> throw UsageFailure.of("format must be table or json");
        }
        return 0;
    }

    private static Table table(Metrics data) {
        var table = Table.narrow().row("METRIC", "VALUE");
        if (data.hasPids()) {
            row(table, "pids.current", data.getPids().getCurrent());
            row(table, "pids.limit", data.getPids().getLimit());
        }
        if (data.hasCpu()) {
            var cpu = data.getCpu();
            row(table, "cpu.usage_usec", cpu.getUsageUsec());
            row(table, "cpu.user_usec", cpu.getUserUsec());
            row(table, "cpu.system_usec", cpu.getSystemUsec());
            row(table, "cpu.nr_periods", cpu.getNrPeriods());
            row(table, "cpu.nr_throttled", cpu.getNrThrottled());
            row(table, "cpu.throttled_usec", cpu.getThrottledUsec());
        }
        if (data.hasMemory()) {
            var memory = data.getMemory();
            row(table, "memory.usage", memory.getUsage());
            row(table, "memory.usage_limit", memory.getUsageLimit());
            row(table, "memory.swap_usage", memory.getSwapUsage());
            row(table, "memory.swap_limit", memory.getSwapLimit());
        }
        return table;
    }

    private static void row(Table table, String name, long value) {
        table.row(name, Long.toUnsignedString(value));
    }
}
