package dev.coracle.integration.wire;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// A case that our daemon passes and containerd has to fail.
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface ContainerdDiffers {
    /// Why it answers otherwise.
    String value();

    /// The first version that does.
    String since() default "0.0";
}
