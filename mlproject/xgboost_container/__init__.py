"""The built-in algorithm of AWS's XGBoost container: training and batch predictions with the installed xgboost.

`train` and `predict` run as processes of steps. `hyperparameters`, `image` and `data_files` import neither xgboost nor
numpy at the top level, so that a run can check the arguments of a step without them.

Source: https://github.com/aws/sagemaker-xgboost-container, folder src/sagemaker_xgboost_container/algorithm_mode.
"""
