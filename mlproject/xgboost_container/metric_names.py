"""The evaluation metrics of the XGBoost container: constants/xgb_constants.py and metrics/custom_metrics.py."""

from __future__ import annotations

# Computed by the container with scikit-learn, because xgboost does not have them.
CONTAINER_METRICS = (
    *("accuracy", "balanced_accuracy", "f1", "f1_binary", "f1_macro", "mse", "precision", "precision_macro"),
    *("precision_micro", "r2", "recall", "recall_macro", "recall_micro"),
)
_MAXIMIZED_BY_XGBOOST = ("auc", "aucpr", "map", "ndcg")
# Larger is better; smaller for all others.
MAXIMIZED = frozenset(CONTAINER_METRICS) - {"mse"} | frozenset(_MAXIMIZED_BY_XGBOOST)
THRESHOLD_METRICS = ("error", "ndcg", "map")  # with a threshold: error@0.7
METRICS = (
    *CONTAINER_METRICS,
    *_MAXIMIZED_BY_XGBOOST,
    *("aft-nloglik", "cox-nloglik", "error", "gamma-deviance", "gamma-nloglik", "interval-regression-accuracy"),
    *("logloss", "mae", "mape", "merror", "mlogloss", "mphe", "poisson-nloglik", "rmse", "rmsle", "tweedie-nloglik"),
)
