package dev.coracle.cli.images;

import dev.coracle.base.Reference;
import dev.coracle.engine.images.ImageView;
import dev.coracle.engine.images.Images;
import java.util.List;

/// The names of images, in their short form.
public final class ImageNames {
    private ImageNames() {}

    public static List<String> all(Images images) {
        return images.list().stream()
                .filter(image -> !image.isDangling())
                .map(ImageView::name)
                .map(name -> Reference.parse(name).familiar())
                .toList();
    }
}
