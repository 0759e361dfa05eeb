package dev.coracle.setup;

/// What a probe found about one thing.
sealed interface Finding {
    /// A word or two that stay the same, for scripts: `sub-ids`.
    String subject();

    String text();

    Remedy remedy();

    /// As it should be.
    record Fine(String subject, String text) implements Finding {
        @Override
        public Remedy remedy() {
            return Remedy.NONE;
        }
    }

    /// Good to know: something that somebody may miss, though most will not.
    record Notice(String subject, String text, Remedy remedy) implements Finding {}

    /// Containers run, but something will not work or will be slow.
    record Warning(String subject, String text, Remedy remedy) implements Finding {}

    /// No container runs before this is mended.
    record Obstacle(String subject, String text, Remedy remedy) implements Finding {}

    default String level() {
        return switch (this) {
            case Fine _ -> "fine";
            case Notice _ -> "notice";
            case Warning _ -> "warning";
            case Obstacle _ -> "error";
        };
    }
}
