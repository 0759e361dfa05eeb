package dev.coracle.cli.volumes;

import dev.coracle.cli.Session;
import dev.coracle.engine.volumes.Volume;
import dev.coracle.gotemplate.GoStruct;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.TreeMap;

/// A volume as docker's `inspect` shows it.
public final class VolumeJson {
    private VolumeJson() {}

    public static GoStruct of(Volume volume, Optional<Long> size, Session session) {
        var created = volume.createdAt()
                .truncatedTo(ChronoUnit.SECONDS)
                .atZone(session.host().zone());
        var struct = GoStruct.of("volume.Volume")
                .put("CreatedAt", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(created))
                .put("Driver", "local")
                .put("Labels", volume.labels().isEmpty() ? null : new TreeMap<>(volume.labels()))
                .put("Mountpoint", volume.mountpoint().toString())
                .put("Name", volume.name())
                .put("Options", null)
                .put("Scope", "local");
        size.ifPresent(bytes -> struct.put("Size", bytes));
        return struct.build();
    }
}
